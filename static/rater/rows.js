/* A unit's row: the questions in it, whether each is asked and answered, and the colour of its edge. */
(function (rater) {
  "use strict";

  const all = rater.all;

  /* Each question has `name` (of its unit), `row`, `first` (where it is answered), `radios`, and
     `before`, its answer before the latest choice. */
  rater.openRow = (form, row) => {
    const reason = row.querySelector("[data-recusal] input");
    const leftOut = () => row.getAttribute("data-away") === "1" || Boolean(reason && reason.value.trim());
    const boxes = all(row, ".choose, .mark, .place, .write, .say");
    const choices = boxes.filter((box) => box.querySelector("[type=radio]"));
    return boxes.map((box) => openQuestion(form, row, box, leftOut, choices.length === 1 && choices[0] === box));
  };

  function openQuestion(form, row, box, leftOut, isEdge) {
    const radios = all(box, "input[type=radio], input[type=checkbox]");
    const field = box.querySelector("input[type=text], input[type=hidden], textarea");
    const asked = conditionOf(form, box);
    const value = () => (field ? field.value.trim() : chosenOf(radios));
    const isNeeded = () => asked() && !box.hasAttribute("data-optional");
    const question = {
      name: row.getAttribute("data-unit"),
      row: row,
      radios: radios,
      first: radios[0] || field,
      before: value(),
      value: value,
      leftOut: leftOut,
      isNeeded: isNeeded,
      isOpen: () => !value() && isNeeded() && !leftOut(),
      choose: (answer) => {
        radios.forEach((radio) => { radio.checked = radio.value === answer; });
        question.before = answer;
      },
      show: () => {
        if (box.hasAttribute("data-if")) box.hidden = !asked();
        if (isEdge) colourEdge(question);
      },
    };
    return question;
  }

  function chosenOf(radios) {
    const chosen = radios.find((radio) => radio.checked);
    return chosen ? chosen.value : "";
  }

  /* Whether what was answered before is such that this is asked: one answer, or all or any of several. */
  function conditionOf(form, box) {
    const written = box.getAttribute("data-if");
    return written ? openRule(form, JSON.parse(written)) : () => true;
  }

  function openRule(form, rule) {
    const parts = (rule.all || rule.any || []).map((part) => openRule(form, part));
    if (rule.all) return () => parts.length > 0 && parts.every((holds) => holds());
    if (rule.any) return () => parts.some((holds) => holds());
    const fields = all(form, "input").filter((field) => field.name === rule.field && rule.is.indexOf(field.value) >= 0);
    return () => fields.some((field) => field.checked && isAsked(form, field));
  }

  /* An answer that was given before its own question went away counts for nothing. */
  function isAsked(form, field) {
    const box = field.closest("[data-if]");
    if (!box) return true;
    if (!box.isAsked) box.isAsked = conditionOf(form, box);
    return box.isAsked();
  }

  function colourEdge(question) {
    const place = question.radios.findIndex((radio) => radio.checked) + 1;
    const name = "unit" + (place ? " e" + place : "") + (question.leftOut() ? " away" : "");
    if (question.row.className !== name) question.row.className = name;
  }
}(window.rater));
