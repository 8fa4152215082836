/* A weak network: where a page's neighbours are, and how long to wait before the next try. */
(function (rater) {
  "use strict";

  const WAITS = [3000, 6000, 12000, 30000];

  /* A page beside the one that the form is posted to: the office shows the same pages elsewhere. */
  rater.pageOf = (form, page) => form.getAttribute("action").replace(/\/[a-z]+$/, page);

  rater.waitAfter = (tries) => WAITS[Math.min(tries, WAITS.length - 1)];
}(window.rater));
