/* Where the scheme has pages, one is in view; without script they stand below each other. */
(function (rater) {
  "use strict";

  function addPages(ballot) {
    const last = Number(ballot.form.getAttribute("data-pages"));
    if (!(last > 1)) return;
    const where = addPlace(ballot.form);
    let now = 1;
    const turn = (page) => {
      now = page;
      ballot.parts.forEach((part) => { part.element.hidden = part.page !== now; });
      where.textContent = ballot.say("page-of", { n: now, all: last });
    };
    const turnBack = () => { turn(now - 1); where.focus(); };
    ballot.parts.forEach((part) => {
      if (part.page < last) part.next = ballot.say("next");
      if (part.page > 1) part.tools.appendChild(rater.button("tool", ballot.say("previous"), turnBack));
    });
    ballot.form.addEventListener("reveal", (event) => {
      const part = ballot.parts.find((one) => one.element.contains(event.target));
      if (part && part.page !== now) turn(part.page);
    });
    ballot.form.addEventListener("submit", (event) => {
      if (event.defaultPrevented || now === last) return;
      event.preventDefault();
      turn(now + 1);
      where.focus();
      where.scrollIntoView();
    });
    turn(1);
  }

  function addPlace(form) {
    const questions = form.querySelector("#questions");
    const where = document.createElement("p");
    where.className = "pages";
    where.tabIndex = -1;
    return questions.insertBefore(where, questions.firstChild);
  }

  rater.comfort(addPages);
}(window.rater));
