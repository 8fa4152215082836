/* Bands with so many places, or at most so many: how many are taken, and a swap where there is one too many. */
(function (rater) {
  "use strict";

  rater.count("[data-limit]", (ballot, part, tally) => {
    const value = tally.getAttribute("data-value");
    const judged = () => part.questions.filter((question) => question.radios.length && !question.leftOut());
    const holders = () => judged().filter((question) => question.value() === value);
    const limit = () => limitOf(tally, judged().length);
    const excess = () => (limit() >= 0 ? holders().length - limit() : 0);
    ballot.onChoice((where, question, before) => {
      if (where === part && question.value() === value) offerSwap(question, before);
    });

    /* Each other unit of a band that is too full can give its place up, in one press. */
    function offerSwap(question, before) {
      part.word.textContent = "";
      if (excess() <= 0) return;
      const band = tally.querySelector(".band").textContent;
      part.word.textContent = ballot.say("swap", { band: band, n: limit() });
      part.word.appendChild(document.createElement("br"));
      holders().filter((other) => other !== question).forEach((other) => {
        part.word.appendChild(swapButton(other, () => {
          other.choose(before);
          other.first.dispatchEvent(new Event("change", { bubbles: true }));
          offerSwap(question, before);
          (part.word.querySelector("button") || part.button).focus();
        }));
      });
    }

    return {
      isWrong: () => excess() > 0 || (excess() < 0 && !tally.hasAttribute("data-most")),
      show: () => showTally(ballot, tally, holders().length, limit()),
    };
  });

  /* The places of a band for as many units as are judged; endless (below 0) where too few are. */
  function limitOf(tally, judged) {
    const sizes = tally.getAttribute("data-limits");
    return Number(sizes ? sizes.split(" ")[judged] : tally.getAttribute("data-limit"));
  }

  function swapButton(question, act) {
    const made = rater.button("", question.name, act);
    made.lang = "zh-CN";
    return made;
  }

  function showTally(ballot, tally, n, limit) {
    const state = n + "/" + limit;
    if (tally.getAttribute("data-state-shown") === state) return;
    const over = n - limit;
    const words = over > 0 ? "over" : over ? "room" : "full";
    tally.setAttribute("data-state-shown", state);
    tally.querySelector("[data-count]").textContent = limit < 0 ? n : state;
    tally.querySelector("[data-rest]").textContent = limit < 0 ? "" : ballot.say(words, { n: Math.abs(over) });
    tally.className = limit < 0 ? "" : { over: "many", room: "", full: "full" }[words];
    drawPips(tally.querySelector("[data-pips]"), n, Math.max(limit, 0));
  }

  function drawPips(place, n, limit) {
    place.textContent = "";
    for (let i = 0; i < Math.max(n, limit); i += 1) {
      const pip = document.createElement("i");
      pip.className = i >= limit ? "over" : i < n ? "on" : "";
      place.appendChild(pip);
    }
  }
}(window.rater));
