/* Opens the ballot, once every part has added what it has to add. */
(function (rater) {
  "use strict";

  rater.all(document, "[data-ballot]").forEach(rater.openBallot);
}(window.rater));
