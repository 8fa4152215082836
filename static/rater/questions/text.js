/* Says below a field for words how much more may be written, there and on the whole form. */
(function (rater) {
  "use strict";

  /* As the server counts: characters, without blanks around them; a rare one is one, too. */
  const count = (field) => Array.from(field.value.trim()).length;

  function followWords(form) {
    const fields = rater.all(form, "[data-longest]");
    const together = Number(form.getAttribute("data-words")) || Infinity;

    function room(field) {
      const own = Number(field.getAttribute("data-longest")) - count(field);
      return Math.min(own, together - fields.reduce((sum, one) => sum + count(one), 0));
    }

    function show(field) {
      const left = room(field);
      const text = form.getAttribute(left < 0 ? "data-words-over" : "data-words-left");
      const place = placeOf(field);
      place.textContent = rater.say(text, { n: Math.abs(left) });
      place.classList.toggle("over", left < 0);
    }

    fields.forEach((field) => {
      field.addEventListener("focus", () => show(field));
      field.addEventListener("input", () => show(field));
      if (field.value) show(field);
    });
  }

  function placeOf(field) {
    const next = field.nextElementSibling;
    if (next && next.classList.contains("room")) return next;
    const made = document.createElement("small");
    made.className = "room";
    field.parentNode.insertBefore(made, field.nextSibling);
    return made;
  }

  /* Without questions that ask for words, a form has none of these either. */
  rater.all(document, "[data-words-left]").forEach(followWords);
}(window.rater));
