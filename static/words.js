/* Says below a field for words how much more may be written, there and on the whole form. */
(function () {
  "use strict";

  const all = (root, selector) => Array.prototype.slice.call(root.querySelectorAll(selector));

  /* As the server counts: characters, without blanks around them; a rare one is one, too. */
  const count = (field) => Array.from(field.value.trim()).length;

  function followWords(form) {
    const fields = all(form, "[data-longest]");
    const together = Number(form.getAttribute("data-words")) || Infinity;

    function room(field) {
      const own = Number(field.getAttribute("data-longest")) - count(field);
      return Math.min(own, together - fields.reduce((sum, one) => sum + count(one), 0));
    }

    function show(field) {
      const left = room(field);
      const text = form.getAttribute(left < 0 ? "data-words-over" : "data-words-left");
      const place = placeOf(field);
      place.textContent = text.replace("{n}", Math.abs(left));
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

  all(document, "[data-ballot]").forEach(followWords);
}());
