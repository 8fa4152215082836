/* Keeps what is filled in, in this tab and sealed on the server: a draft after every change, in words
   where the network is weak. A form that is not to be kept has no data-kept. */
(function (rater) {
  "use strict";

  const PAUSE = 1500; /* after the last tap, before the draft is sent */

  const all = rater.all;
  const pageOf = rater.pageOf;

  function keepDraft(form) {
    const key = "draft " + form.getAttribute("data-kept");
    const sending = sender(form, key);
    const wasQuicker = all(form, "[name^='a.']").some(isTouched);
    restore(form, key);
    form.addEventListener("change", () => { store(key, read(form), false); sending.soon(); });
    form.addEventListener("input", () => { store(key, read(form), false); sending.soon(); });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") sending.inPassing();
    });
    window.addEventListener("online", sending.now);
    /* Chosen before this script had come over a slow network. */
    if (wasQuicker) { store(key, read(form), false); sending.soon(); }
    /* On the document, so that the form's own listeners may have stopped it already. */
    document.addEventListener("submit", (event) => {
      if (event.defaultPrevented || event.target !== form || !sending.isStuck()) return;
      event.preventDefault();
      sending.thenSubmit();
    });
  }

  function sender(form, key) {
    let timer = 0;
    let tries = 0;
    let stuck = false;
    let submitting = false;
    let dirty = false;
    let busy = false;

    function later(wait) {
      clearTimeout(timer);
      timer = setTimeout(send, wait);
    }

    function send() {
      clearTimeout(timer);
      if (busy || !(dirty || submitting)) return;
      const pairs = read(form);
      busy = true;
      dirty = false;
      fetch(pageOf(form, "/draft"), { method: "POST", body: body(form, pairs), credentials: "same-origin" })
        .then((answer) => { busy = false; note(answer.status, pairs); })
        .catch(() => { busy = false; waitForNetwork(); });
    }

    function note(status, pairs) {
      if (status >= 500) { waitForNetwork(); return; }
      stuck = false;
      tries = 0;
      if (status === 202 || status === 204) store(key, pairs, status === 204);
      tell(form, { 202: "tried", 204: "saved", 401: "visit-over", 409: "overtaken", 413: "too-long" }[status] || "unsaved");
      if (submitting) form.submit();
      else if (dirty) later(PAUSE);
    }

    function waitForNetwork() {
      stuck = true;
      dirty = true;
      tell(form, submitting ? "wait-submit" : "wait");
      later(rater.waitAfter(tries));
      tries += 1;
    }

    return {
      soon: () => { dirty = true; if (!stuck) later(PAUSE); },
      now: () => { if (stuck) send(); },
      isStuck: () => stuck || navigator.onLine === false,
      thenSubmit: () => { submitting = true; dirty = true; tell(form, "wait-submit"); send(); },
      inPassing: () => {
        if (dirty && !stuck && navigator.sendBeacon) dirty = !navigator.sendBeacon(pageOf(form, "/draft"), body(form, read(form)));
      },
    };
  }

  function body(form, pairs) {
    const own = ["csrf_token", "turn"].map((name) => [name, form.querySelector("[name=" + name + "]").value]);
    return new URLSearchParams(own.concat([["by", "script"]], pairs));
  }

  /* In words, the same in every bar; only trouble and its end are read aloud. */
  function tell(form, name) {
    const text = form.getAttribute("data-" + name);
    const isWell = name === "saved" || name === "tried";
    all(document, "[data-state]").forEach((place) => {
      if (place.getAttribute("role") === "status" && isWell && !place.textContent) return;
      place.textContent = text;
      place.className = place.className.replace(/ stuck/g, "") + (isWell ? "" : " stuck");
    });
  }

  const isChoice = (field) => field.type === "radio" || field.type === "checkbox";

  const isTouched = (field) =>
    isChoice(field) ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;

  function read(form) {
    return all(form, "[name^='a.']")
      .filter((field) => (isChoice(field) ? field.checked : field.value !== ""))
      .map((field) => [field.name, field.value]);
  }

  /* What the network never took is newer than what the server shows. */
  function restore(form, key) {
    if (location.pathname !== pageOf(form, "/answer")) { store(key, read(form), false); return; }
    rater.withStorage((storage) => {
      const kept = JSON.parse(storage.getItem(key) || "null");
      if (!kept || kept.sent) return;
      const has = {};
      kept.pairs.forEach((pair) => { has[pair[0]] = (has[pair[0]] || []).concat([pair[1]]); });
      all(form, "[name^='a.']").forEach((field) => {
        const values = has[field.name] || [];
        if (isChoice(field)) field.checked = values.indexOf(field.value) >= 0;
        else field.value = values[0] || "";
      });
    });
  }

  function store(key, pairs, sent) {
    rater.withStorage((storage) => storage.setItem(key, JSON.stringify({ pairs: pairs, sent: sent })));
  }

  all(document, "[data-kept]").forEach(keepDraft);
}(window.rater));
