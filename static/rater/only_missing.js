/* Shows only the rows that are not complete, and all of them again. */
(function (rater) {
  "use strict";

  function addToggle(ballot) {
    const form = ballot.form;
    const buttons = [];
    const press = (part) => {
      const only = form.classList.toggle("only-missing");
      ballot.parts.forEach(markDone);
      buttons.forEach((each) => rater.put(each, ballot.say(only ? "show-all" : "only-missing")));
      part.element.scrollIntoView({ block: "nearest" });
    };
    ballot.parts.filter((part) => part.tools).forEach((part) => {
      const made = rater.button("tool", ballot.say("only-missing"), () => press(part));
      buttons.push(part.tools.appendChild(made));
    });
  }

  /* Rows that are complete, as they are at this press: no row goes away under a finger. */
  function markDone(part) {
    const open = part.missing().map((question) => question.row);
    rater.all(part.element, ".unit").forEach((row) => {
      if (open.indexOf(row) < 0) row.setAttribute("data-done", "");
      else row.removeAttribute("data-done");
    });
  }

  rater.comfort(addToggle);
}(window.rater));
