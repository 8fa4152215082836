/* Takes choices back, the latest first. */
(function (rater) {
  "use strict";

  function addUndo(ballot) {
    const past = [];
    ballot.onChoice((part, question, before) => {
      if (before !== question.value()) past.push({ part: part, question: question, value: before });
    });
    ballot.parts.filter((part) => part.tools).forEach((part) => {
      part.tools.appendChild(rater.button("tool", ballot.say("undo"), () => undo(past.pop())));
    });
  }

  function undo(last) {
    if (!last) return;
    last.question.choose(last.value);
    last.part.word.textContent = "";
    last.question.first.dispatchEvent(new Event("change", { bubbles: true }));
    rater.goTo(last.question.first);
  }

  rater.comfort(addUndo);
}(window.rater));
