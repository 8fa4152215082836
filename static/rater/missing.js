/* What is missing comes into view and is marked, before the ballot is sent to the check. */
(function (rater) {
  "use strict";

  /* Row and input in view and marked, so that a fault is found without searching. The event `reveal`
     comes first: whoever hides a part shows it. */
  rater.goTo = (input) => {
    const row = input.closest(".unit");
    rater.reveal(input);
    row.hidden = false;
    row.className += " here";
    row.scrollIntoView({ block: "center" });
    const seen = input.type === "hidden" ? input.parentNode.querySelector("button") : input;
    seen.focus({ preventScroll: true });
  };

  rater.reveal = (input) => input.dispatchEvent(new CustomEvent("reveal", { bubbles: true }));

  function stopWhileMissing(ballot) {
    let free = false;
    rater.all(document, "[data-free]").forEach((button) => {
      button.addEventListener("click", () => { free = true; });
    });
    ballot.form.addEventListener("submit", (event) => {
      const found = free ? null : findMissing(ballot.parts);
      if (!found) return;
      event.preventDefault();
      found.part.word.textContent = found.question.name
        ? ballot.say("missing", { unit: found.question.name }) : ballot.say("missing-here");
      rater.goTo(found.question.first);
    });
  }

  /* The first question that is missing: on the page in view, on the last page anywhere. */
  function findMissing(parts) {
    const inView = parts.filter((one) => !one.element.hidden);
    const asked = inView.some((one) => one.next) ? inView : parts;
    const part = asked.find((one) => one.missing().length);
    return part ? { part: part, question: part.missing()[0] } : null;
  }

  rater.comfort(stopWhileMissing);
}(window.rater));
