/* Long lists: only the units whose name holds what is typed, or sounds like it. */
(function (rater) {
  "use strict";

  const all = rater.all;

  function addFinder(ballot) {
    const form = ballot.form;
    const rows = all(form, "[data-sounds]");
    if (!rows.length) return;
    const chosen = all(form, ".dealt label");
    const places = chosen.length ? chosen : rows;
    const sounds = {};
    rows.forEach((row) => { sounds[row.getAttribute("data-unit")] = readSounds(row.getAttribute("data-sounds")); });
    const line = document.createElement("div");
    const field = line.appendChild(fieldFor(ballot));
    const told = line.appendChild(document.createElement("p"));
    told.className = "found hint";
    told.setAttribute("role", "status");
    field.addEventListener("input", (event) => {
      event.stopPropagation();
      const wanted = field.value.replace(/\s/g, "").toLowerCase();
      const n = showFound(places, sounds, wanted);
      rater.put(told, wanted ? ballot.say("found", { n: n }) : "");
    });
    form.insertBefore(line, form.querySelector(".dealt") || form.querySelector("#questions"));
  }

  function fieldFor(ballot) {
    const field = document.createElement("input");
    field.type = "text";
    field.className = "finder";
    field.placeholder = ballot.say("find");
    field.setAttribute("aria-label", ballot.say("find"));
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault(); /* it would submit the ballot */
    });
    return field;
  }

  /* How many units are left; one that stands in several places is one. */
  function showFound(places, sounds, wanted) {
    const found = {};
    places.forEach((place) => {
      const name = place.getAttribute("data-unit") || place.textContent;
      place.hidden = name.toLowerCase().indexOf(wanted) < 0 && !soundsLike(sounds[name], wanted);
      if (!place.hidden) found[name] = true;
    });
    return Object.keys(found).length;
  }

  const readSounds = (text) => text.split(" ").map((one) => one.split(","));

  /* jyj, jiaoyuju and jiaoyj are 教育局: each character by some beginning of one of its readings. */
  function soundsLike(readings, typed) {
    const from = (at, rest) => !rest || (at < readings.length && readings[at].some((reading) => {
      for (let n = 1; n <= reading.length && rest.slice(0, n) === reading.slice(0, n); n += 1) {
        if (from(at + 1, rest.slice(n))) return true;
      }
      return false;
    }));
    return readings.some((_, at) => from(at, typed));
  }

  rater.comfort(addFinder);
}(window.rater));
