/* Several choices, but not all: one too many is taken back at once, by the one that was just made. */
(function (rater) {
  "use strict";

  function boundChoices(box) {
    const most = Number(box.getAttribute("data-most"));
    box.addEventListener("change", (event) => {
      if (rater.all(box, "input:checked").length > most) event.target.checked = false;
    });
  }

  rater.all(document, "[data-ballot] [data-most]").forEach(boundChoices);
}(window.rater));
