/* What this tab forgets: a ballot that was cast, and that a page was made by a posted form. */
(function (rater) {
  "use strict";

  /* Back to a page that a button made: load it anew rather than ask about sending a form again. */
  function forgetPosting() {
    rater.withStorage((storage) => {
      if (storage.length) history.replaceState(null, "", location.pathname + location.search);
    });
  }

  rater.all(document, ".receipt, .start:not(#ballot)").forEach(() => rater.withStorage((kept) => kept.clear()));
  rater.all(document, "[data-ballot], [action$='/submit']").forEach(forgetPosting);
}(window.rater));
