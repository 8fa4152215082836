/* The check: the ballot goes out once, however often the network fails. */
(function (rater) {
  "use strict";

  const all = rater.all;

  function submitOnce(form) {
    let free = false;
    let tries = 0;
    let timer = 0;
    let waiting = false;
    const word = form.querySelector("[data-word]");

    all(form, "[formaction]").forEach((button) => button.addEventListener("click", () => { free = true; }));
    form.addEventListener("submit", (event) => {
      if (free) return;
      event.preventDefault();
      if (!waiting) send();
    });
    window.addEventListener("online", () => { if (waiting && tries) send(); });

    function send() {
      clearTimeout(timer);
      waiting = true;
      const pairs = all(form, "input[name]").map((field) => [field.name, field.value]);
      word.textContent = form.getAttribute("data-sending");
      fetch(form.getAttribute("action"), {
        method: "POST", body: new URLSearchParams(pairs), credentials: "same-origin", redirect: "manual",
      }).then((answer) => {
        if (answer.type === "opaqueredirect") location.assign(rater.pageOf(form, "/receipt"));
        else if (answer.status >= 500) retry();
        else form.submit(); /* refused: the page that says why; the nonce keeps it one ballot */
      }).catch(retry);
    }

    function retry() {
      word.textContent = form.getAttribute("data-wait");
      timer = setTimeout(send, rater.waitAfter(tries));
      tries += 1;
    }
  }

  all(document, "[action$='/submit']").forEach(submitOnce);
}(window.rater));
