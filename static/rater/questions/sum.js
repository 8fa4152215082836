/* Points out of a total: how many are given. */
(function (rater) {
  "use strict";

  rater.count("[data-total]", (ballot, part, place) => {
    const total = Number(place.getAttribute("data-total"));
    const given = () => part.questions.reduce((sum, question) => sum + (Number(question.value()) || 0), 0);
    return {
      isWrong: () => given() !== total,
      show: () => {
        const n = given();
        rater.put(place.querySelector("[data-count]"), ballot.say("sum", { n: n, all: total }));
        place.className = "tallies sum" + (n > total ? " many" : n < total ? "" : " full");
      },
    };
  });
}(window.rater));
