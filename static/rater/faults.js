/* The list of faults on a page that the server refused: each leads to its row. */
(function (rater) {
  "use strict";

  function followFaults(faults) {
    faults.focus();
    rater.all(faults, "a").forEach((link) => link.addEventListener("click", (event) => {
      const input = document.getElementById(link.hash.slice(1));
      if (input) rater.reveal(input);
      if (!input || !input.closest(".unit")) return;
      event.preventDefault();
      rater.goTo(input);
    }));
  }

  rater.all(document, "#faults").forEach(followFaults);
}(window.rater));
