/* Comfort for raters' pages, which all work without it: reads the code behind #, counts as one taps. */
(function () {
  "use strict";

  const SYMBOLS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";

  const all = (root, selector) => Array.prototype.slice.call(root.querySelectorAll(selector));
  const say = (text, figures) => text.replace(/\{(\w+)\}/g, (_, name) => figures[name]);

  /* ---- the card: https://host/r#TOKEN ---- */

  function readCard(form) {
    const token = tokenOf(location.hash);
    if (location.hash) history.replaceState(null, "", location.pathname + location.search);
    if (!token) return;
    form.querySelector("#code").value = token.match(/.{4}/g).join("-");
    form.querySelector("[data-read]").hidden = false;
    form.querySelector("[data-unread]").hidden = true;
    form.querySelector("button").focus();
  }

  /* The first 16 symbols after #; chat programs add tails and encode the rest. */
  function tokenOf(hash) {
    let text = hash.slice(1);
    try { text = decodeURIComponent(text); } catch (error) { /* a stray % is no reason to stop */ }
    text = text.normalize("NFKC").toUpperCase().replace(/[\s\-–—_]/g, "");
    const token = text.slice(0, 16);
    return token.length === 16 && Array.from(token).every((one) => SYMBOLS.indexOf(one) >= 0) ? token : "";
  }

  /* ---- the ballot ---- */

  function followBallot(form) {
    const parts = all(form, "[data-part]").map((element) => openPart(form, element));
    const show = () => showState(form, parts);
    form.addEventListener("change", (event) => {
      const part = parts.find((one) => one.element.contains(event.target));
      if (part && event.target.checked) noteChoice(form, part, event.target);
      show();
    });
    form.addEventListener("input", show);
    let free = false;
    all(document, "[data-free]").forEach((button) => {
      button.addEventListener("click", () => { free = true; });
    });
    form.addEventListener("submit", (event) => {
      if (!free) stopWhileMissing(form, parts, event);
    });
    all(form, "input[inputmode=decimal]").forEach(addSlider);
    show();
  }

  /* Back to a page that a button made: load it anew rather than ask about sending a form again. */
  function forgetPosting() {
    withStorage((storage) => {
      if (storage.length) history.replaceState(null, "", location.pathname + location.search);
    });
  }

  /* Some browsers forbid storage in private windows; the form works without. */
  function withStorage(act) {
    try { act(window.sessionStorage); } catch (error) { /* then Back starts with an empty form */ }
  }

  /* Each radio group or number field of a section, with its row. */
  function openPart(form, element) {
    const questions = all(element, ".unit").reduce((found, row) => found.concat(openRow(row)), []);
    return {
      element: element,
      questions: questions,
      tallies: all(element, "[data-limit]"),
      word: element.querySelector("[data-word]"),
      button: element.querySelector("[data-bar] .main"),
    };
  }

  function openRow(row) {
    return all(row, ".choose, .mark").map((box) => {
      const radios = all(box, "input[type=radio]");
      const field = box.querySelector("input[type=text]");
      const chosen = () => radios.find((radio) => radio.checked);
      const value = () => (field ? field.value.trim() : chosen() ? chosen().value : "");
      return {
        row: row,
        name: row.getAttribute("data-unit"),
        radios: radios,
        first: radios[0] || field,
        value: value,
        before: value(),
      };
    });
  }

  function showState(form, parts) {
    const left = parts.reduce((n, part) => n + missing(part).length, 0);
    const wrong = parts.some((part) => part.tallies.some((tally) => excess(part, tally) !== 0));
    let text = form.getAttribute("data-ready");
    if (left) text = say(form.getAttribute("data-left"), { n: left });
    else if (wrong) text = form.getAttribute("data-wrong");
    parts.forEach((part) => {
      part.questions.forEach(colourEdge);
      part.tallies.forEach((tally) => showTally(form, part, tally));
      if (!part.tallies.length) showAnswered(form, part);
      part.button.textContent = text;
      part.button.classList.toggle("short", Boolean(left || wrong));
    });
  }

  const missing = (part) => part.questions.filter((question) => !question.value());
  const holders = (part, value) => part.questions.filter((question) => question.value() === value);
  const limitOf = (tally) => Number(tally.getAttribute("data-limit"));
  const excess = (part, tally) => holders(part, tally.getAttribute("data-value")).length - limitOf(tally);

  function colourEdge(question) {
    const place = question.radios.findIndex((radio) => radio.checked) + 1;
    question.row.className = place ? "unit e" + place : "unit";
  }

  function showTally(form, part, tally) {
    const limit = limitOf(tally);
    const over = excess(part, tally);
    const n = limit + over;
    tally.querySelector("[data-count]").textContent = n + "/" + limit;
    tally.querySelector("[data-rest]").textContent = say(
      form.getAttribute(over > 0 ? "data-over" : over ? "data-room" : "data-full"), { n: Math.abs(over) });
    tally.className = over > 0 ? "many" : over ? "" : "full";
    drawPips(tally.querySelector("[data-pips]"), n, limit);
  }

  function drawPips(place, n, limit) {
    place.textContent = "";
    for (let i = 0; i < Math.max(n, limit); i += 1) {
      const pip = document.createElement("i");
      pip.className = i >= limit ? "over" : i < n ? "on" : "";
      place.appendChild(pip);
    }
  }

  function showAnswered(form, part) {
    const n = part.questions.length;
    part.word.textContent = say(form.getAttribute("data-answered"), { n: n - missing(part).length, all: n });
  }

  /* A band with one unit too many: each of its other units can give its place up, in one press. */
  function noteChoice(form, part, radio) {
    const question = part.questions.find((one) => one.radios.indexOf(radio) >= 0);
    const before = question.before;
    question.before = radio.value;
    if (part.tallies.length) offerSwap(form, part, question, before);
  }

  function offerSwap(form, part, question, before) {
    const tally = part.tallies.find((one) => one.getAttribute("data-value") === question.value());
    part.word.textContent = "";
    if (!tally || excess(part, tally) <= 0) return;
    const band = tally.querySelector(".band").textContent;
    part.word.textContent = say(form.getAttribute("data-swap"), { band: band, n: limitOf(tally) });
    part.word.appendChild(document.createElement("br"));
    holders(part, question.value()).filter((other) => other !== question).forEach((other) => {
      part.word.appendChild(swapButton(other, () => {
        other.radios.forEach((radio) => { radio.checked = radio.value === before; });
        other.before = before;
        other.first.dispatchEvent(new Event("change", { bubbles: true }));
        offerSwap(form, part, question, before);
        (part.word.querySelector("button") || part.button).focus();
      }));
    });
  }

  function swapButton(other, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.lang = "zh-CN";
    button.textContent = other.name;
    button.addEventListener("click", act);
    return button;
  }

  function stopWhileMissing(form, parts, event) {
    const question = parts.reduce((found, part) => found || missing(part)[0], null);
    if (!question) return;
    event.preventDefault();
    const part = parts.find((one) => one.questions.indexOf(question) >= 0);
    part.word.textContent = say(form.getAttribute("data-missing"), { unit: question.name });
    goTo(question.first);
  }

  /* Row and input in view and marked, so that a fault is found without searching. */
  function goTo(input) {
    const row = input.closest(".unit");
    row.className += " here";
    row.scrollIntoView({ block: "center" });
    input.focus({ preventScroll: true });
  }

  function followFaults(faults) {
    faults.focus();
    all(faults, "a").forEach((link) => link.addEventListener("click", (event) => {
      const input = document.getElementById(link.hash.slice(1));
      if (!input || !input.closest(".unit")) return;
      event.preventDefault();
      goTo(input);
    }));
  }

  /* A slider beside the field; the field is what counts. */
  function addSlider(field) {
    const slider = document.createElement("input");
    slider.type = "range";
    slider.className = "slide";
    slider.min = field.getAttribute("data-low");
    slider.max = field.getAttribute("data-high");
    slider.step = Math.pow(10, -Number(field.getAttribute("data-places")));
    slider.value = field.value || slider.min;
    slider.setAttribute("aria-label", field.labels[0].textContent);
    slider.addEventListener("input", () => { field.value = slider.value; });
    field.addEventListener("input", () => { if (field.value) slider.value = field.value; });
    field.parentNode.appendChild(slider);
  }

  /* ---- begin ---- */

  all(document, ".receipt, .start:not(#ballot)").forEach(() => withStorage((kept) => kept.clear()));
  all(document, "[data-card]").forEach(readCard);
  all(document, "[data-ballot]").forEach(followBallot);
  all(document, "[data-ballot], [action='/submit']").forEach(forgetPosting);
  all(document, "#faults").forEach(followFaults);
}());
