/* The ballot: parts with a bar each, which says what is missing until nothing is.

   rater.count(selector, open): a kind of question whose answers are counted. For each place of the
   bar that the selector finds, `open(ballot, part, place)` gives { isWrong, show }: whether the count
   keeps the ballot back, and what writes it down.
   rater.comfort(add): `add(ballot)` is called once the ballot is open, in the order of the parts.

   A ballot has `form`, `parts`, `show`, `say(name, figures)` with the words of the form's data-name,
   and `onChoice(hear)`: `hear(part, question, before)` after each choice. A part has `element`, `page`,
   `questions`, `counts`, and in its bar `word`, `tools` and `button`. */
(function (rater) {
  "use strict";

  const all = rater.all;
  const put = rater.put;
  const counts = [];
  const comforts = [];

  rater.count = (selector, open) => counts.push({ selector: selector, open: open });
  rater.comfort = (add) => comforts.push(add);

  rater.openBallot = (form) => {
    const hearers = [];
    const ballot = {
      form: form,
      parts: [],
      say: (name, figures) => rater.say(form.getAttribute("data-" + name), figures || {}),
      onChoice: (hear) => hearers.push(hear),
      show: () => show(ballot),
    };
    ballot.parts = all(form, "[data-part]").map((element) => openPart(ballot, element));
    form.addEventListener("change", (event) => {
      hearChoice(ballot, event.target, hearers);
      ballot.show();
    });
    form.addEventListener("input", ballot.show);
    comforts.forEach((add) => add(ballot));
    ballot.show();
  };

  function openPart(ballot, element) {
    const rows = all(element, ".unit");
    const part = {
      element: element,
      page: Number(element.getAttribute("data-page")),
      next: "", /* what the button says where a further page follows */
      questions: rows.reduce((found, row) => found.concat(rater.openRow(ballot.form, row)), []),
      counts: [],
      missing: () => part.questions.filter((question) => question.isOpen()),
      word: element.querySelector("[data-word]"),
      tools: element.querySelector(".tools"),
      button: element.querySelector("[data-bar] .main"),
    };
    counts.forEach((count) => all(element, count.selector).forEach((place) => {
      part.counts.push(count.open(ballot, part, place));
    }));
    return part;
  }

  function hearChoice(ballot, radio, hearers) {
    const part = ballot.parts.find((one) => one.element.contains(radio));
    if (!part || radio.type !== "radio" || !radio.checked) return;
    const question = part.questions.find((one) => one.radios.indexOf(radio) >= 0);
    if (!question) return;
    const before = question.before;
    question.before = radio.value;
    if (part.counts.length) put(part.word, "");
    hearers.forEach((hear) => hear(part, question, before));
  }

  function show(ballot) {
    ballot.parts.forEach((part) => {
      part.questions.forEach((question) => question.show());
      part.counts.forEach((count) => count.show());
      if (!part.counts.length) showAnswered(ballot, part);
    });
    all(ballot.form, ".part > .note").forEach(showNote);
    const states = ballot.parts.map(stateOf);
    ballot.parts.forEach((part) => showButton(ballot, part, states));
  }

  /* A text above a question goes with it, which is the first one of each unit. */
  function showNote(note) {
    const units = all(note.parentNode, ".unit");
    const boxes = units.map((unit) => unit.querySelector(".choose, .mark, .place, .write")).filter(Boolean);
    note.hidden = boxes.length > 0 && boxes.every((box) => box.hidden);
  }

  const stateOf = (part) => ({
    page: part.page,
    left: part.missing().length,
    wrong: part.counts.some((count) => count.isWrong()),
  });

  function showAnswered(ballot, part) {
    const n = part.questions.filter((question) => question.isNeeded()).length;
    if (n) put(part.word, ballot.say("answered", { n: n - part.missing().length, all: n }));
  }

  /* What is missing on this page; on the last one, what is missing anywhere. */
  function showButton(ballot, part, states) {
    const asked = states.filter((one) => !part.next || one.page === part.page);
    const left = asked.reduce((n, one) => n + one.left, 0);
    const wrong = asked.some((one) => one.wrong);
    const ready = part.next || ballot.say("ready");
    put(part.button, left ? ballot.say("left", { n: left }) : wrong ? ballot.say("wrong") : ready);
    part.button.classList.toggle("short", Boolean(left || wrong));
  }
}(window.rater));
