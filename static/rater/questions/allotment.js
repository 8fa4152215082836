/* Points in bands: how many units a limited band has, over all sections that ask the question. */
(function (rater) {
  "use strict";

  rater.count("[data-joint]", (ballot, _part, place) => {
    const steps = place.getAttribute("data-joint").split(" ");
    const share = Number(place.getAttribute("data-share"));
    const item = place.getAttribute("data-item");
    const isOf = (question) => question.radios.length && question.radios[0].getAttribute("data-item") === item;
    const judged = () => ballot.parts.reduce((found, one) => found.concat(one.questions.filter(isOf)), [])
      .filter((question) => !question.leftOut());
    const given = () => judged().filter((question) => steps.indexOf(question.value()) >= 0).length;
    const limit = () => Math.floor(judged().length * share / 100);
    return {
      isWrong: () => given() > limit(),
      show: () => {
        const rest = limit() - given();
        const words = rest < 0 ? "over" : rest ? "room" : "full";
        rater.put(place.querySelector("[data-count]"), given() + "/" + limit());
        rater.put(place.querySelector("[data-rest]"), ballot.say(words, { n: Math.abs(rest) }));
        place.className = { over: "many", room: "", full: "full" }[words];
      },
    };
  });
}(window.rater));
