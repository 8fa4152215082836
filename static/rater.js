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
    const questions = parts.reduce((found, part) => found.concat(part.questions), []);
    const show = () => showState(form, parts, questions);
    const past = [];
    form.addEventListener("change", (event) => {
      const part = parts.find((one) => one.element.contains(event.target));
      if (part && event.target.checked) noteChoice(form, part, event.target, past);
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
    all(form, "[data-most]").forEach(boundChoices);
    parts.forEach((part) => addTools(form, parts, part, past));
    addPages(form, parts);
    addDealtWith(form, parts);
    addFinder(form);
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

  /* Each question of a section, with its row. */
  function openPart(form, element) {
    const questions = all(element, ".unit").reduce((found, row) => found.concat(openRow(form, row)), []);
    return {
      element: element,
      page: Number(element.getAttribute("data-page")),
      questions: questions,
      tallies: all(element, "[data-limit]"),
      total: element.querySelector("[data-total]"),
      word: element.querySelector("[data-word]"),
      button: element.querySelector("[data-bar] .main"),
    };
  }

  function openRow(form, row) {
    const reason = row.querySelector("[data-recusal] input");
    const leftOut = () => row.getAttribute("data-away") === "1" || Boolean(reason && reason.value.trim());
    const boxes = all(row, ".choose, .mark, .place, .write, .say");
    const choices = boxes.filter((box) => box.querySelector("[type=radio]"));
    return boxes.map((box) => {
      const radios = all(box, "input[type=radio], input[type=checkbox]");
      const field = box.querySelector("input[type=text], input[type=hidden], textarea");
      const value = () => {
        if (field) return field.value.trim();
        const chosen = radios.find((radio) => radio.checked);
        return chosen ? chosen.value : "";
      };
      const asked = conditionOf(form, box);
      return {
        row: row,
        edge: choices.length === 1 && choices[0] === box,
        box: box,
        name: row.getAttribute("data-unit"),
        radios: radios,
        first: radios[0] || field,
        value: value,
        before: value(),
        asked: asked,
        leftOut: leftOut,
        open: () => !value() && asked() && !leftOut() && !box.hasAttribute("data-optional"),
      };
    });
  }

  /* Whether the question that decides about this one was answered so that it is asked. */
  function conditionOf(form, box) {
    const name = box.getAttribute("data-if");
    if (!name) return () => true;
    const values = box.getAttribute("data-if-values").split(" ");
    const fields = all(form, "input").filter((field) => field.name === name);
    return () => fields.some((field) => field.checked && values.indexOf(field.value) >= 0);
  }

  function showState(form, parts, questions) {
    const left = questions.filter((question) => question.open()).length;
    const faulty = parts.filter((part) => part.tallies.some((tally) => isWrong(part, tally)) || sumLeft(part) !== 0);
    const text = (n, wrong, ready) => {
      if (n) return say(form.getAttribute("data-left"), { n: n });
      return wrong ? form.getAttribute("data-wrong") : ready;
    };
    questions.forEach((question) => {
      if (question.box.hasAttribute("data-if")) question.box.hidden = !question.asked();
    });
    parts.forEach((part) => {
      part.questions.forEach(colourEdge);
      part.tallies.forEach((tally) => showTally(form, part, tally));
      if (part.total) showSum(form, part);
      if (!part.tallies.length && !part.total) showAnswered(form, part);
      const here = part.next ? leftOnPage(parts, part.page) : left;
      const wrong = faulty.some((one) => !part.next || one.page === part.page);
      put(part.button, text(here, wrong, part.next || form.getAttribute("data-ready")));
      part.button.classList.toggle("short", Boolean(here || wrong));
    });
  }

  function leftOnPage(parts, page) {
    return parts.reduce((n, part) => n + (part.page === page ? missing(part).length : 0), 0);
  }

  /* Writing the same text again would make the browser lay the page out again. */
  function put(place, text) {
    if (place.textContent !== text) place.textContent = text;
  }

  const missing = (part) => part.questions.filter((question) => question.open());
  const judged = (part) => part.questions.filter((question) => question.radios.length && !question.leftOut());
  const holders = (part, value) => judged(part).filter((question) => question.value() === value);

  /* The places of a band for as many units as are judged; endless where too few are. */
  function limitOf(part, tally) {
    const sizes = tally.getAttribute("data-limits");
    return sizes ? Number(sizes.split(" ")[judged(part).length]) : Number(tally.getAttribute("data-limit"));
  }

  function excess(part, tally) {
    return holders(part, tally.getAttribute("data-value")).length - limitOf(part, tally);
  }

  function isWrong(part, tally) {
    return limitOf(part, tally) >= 0 && excess(part, tally) !== 0;
  }

  function sumLeft(part) {
    if (!part.total) return 0;
    const given = part.questions.reduce((sum, question) => sum + (Number(question.value()) || 0), 0);
    return Number(part.total.getAttribute("data-total")) - given;
  }

  function colourEdge(question) {
    if (!question.edge) return;
    const place = question.radios.findIndex((radio) => radio.checked) + 1;
    const name = "unit" + (place ? " e" + place : "") + (question.leftOut() ? " away" : "");
    if (question.row.className !== name) question.row.className = name;
  }

  function showTally(form, part, tally) {
    const limit = limitOf(part, tally);
    const over = excess(part, tally);
    const n = limit + over;
    const state = n + "/" + limit;
    if (tally.getAttribute("data-state-shown") === state) return;
    tally.setAttribute("data-state-shown", state);
    tally.querySelector("[data-count]").textContent = limit < 0 ? n : state;
    tally.querySelector("[data-rest]").textContent = limit < 0 ? "" : say(
      form.getAttribute(over > 0 ? "data-over" : over ? "data-room" : "data-full"), { n: Math.abs(over) });
    tally.className = limit < 0 ? "" : over > 0 ? "many" : over ? "" : "full";
    drawPips(tally.querySelector("[data-pips]"), n, Math.max(limit, 0));
  }

  function showSum(form, part) {
    const all = Number(part.total.getAttribute("data-total"));
    const rest = sumLeft(part);
    put(part.total.querySelector("[data-count]"), say(form.getAttribute("data-sum"), { n: all - rest, all: all }));
    part.total.className = "tallies sum" + (rest < 0 ? " many" : rest ? "" : " full");
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
    const needed = part.questions.filter((question) => question.asked() && !question.box.hasAttribute("data-optional"));
    const n = needed.length;
    if (n) put(part.word, say(form.getAttribute("data-answered"), { n: n - missing(part).length, all: n }));
  }

  /* A band with one unit too many: each of its other units can give its place up, in one press. */
  function noteChoice(form, part, radio, past) {
    const question = part.questions.find((one) => one.radios.indexOf(radio) >= 0);
    if (!question || radio.type !== "radio") return;
    const before = question.before;
    if (before !== radio.value) past.push({ part: part, question: question, value: before });
    question.before = radio.value;
    if (part.tallies.length) offerSwap(form, part, question, before);
  }

  function offerSwap(form, part, question, before) {
    const tally = part.tallies.find((one) => one.getAttribute("data-value") === question.value());
    part.word.textContent = "";
    if (!tally || limitOf(part, tally) < 0 || excess(part, tally) <= 0) return;
    const band = tally.querySelector(".band").textContent;
    part.word.textContent = say(form.getAttribute("data-swap"), { band: band, n: limitOf(part, tally) });
    part.word.appendChild(document.createElement("br"));
    holders(part, question.value()).filter((other) => other !== question).forEach((other) => {
      part.word.appendChild(swapButton(other, () => {
        setTo(other, before);
        other.first.dispatchEvent(new Event("change", { bubbles: true }));
        offerSwap(form, part, question, before);
        (part.word.querySelector("button") || part.button).focus();
      }));
    });
  }

  function swapButton(other, act) {
    const made = button("", other.name, act);
    made.lang = "zh-CN";
    return made;
  }

  function setTo(question, value) {
    question.radios.forEach((radio) => { radio.checked = radio.value === value; });
    question.before = value;
  }

  /* ---- undo, what is missing, pages, finding ---- */

  function addTools(form, parts, part, past) {
    const tools = part.element.querySelector(".tools");
    if (!tools) return;
    tools.appendChild(button("tool", form.getAttribute("data-undo"), () => undo(part, past)));
    const toggle = button("tool", form.getAttribute("data-only-missing"), () => {
      const only = !form.classList.contains("only-missing");
      form.classList.toggle("only-missing", only);
      parts.forEach((one) => markDone(one));
      all(form, "[data-toggle]").forEach((each) => put(each, form.getAttribute(only ? "data-show-all" : "data-only-missing")));
      part.element.scrollIntoView({ block: "nearest" });
    });
    toggle.setAttribute("data-toggle", "");
    tools.appendChild(toggle);
  }

  /* Rows that are complete, as they are at this press: no row goes away under a finger. */
  function markDone(part) {
    all(part.element, ".unit").forEach((row) => {
      const done = part.questions.filter((question) => question.row === row).every((question) => !question.open());
      row.toggleAttribute ? row.toggleAttribute("data-done", done)
        : done ? row.setAttribute("data-done", "") : row.removeAttribute("data-done");
    });
  }

  function undo(part, past) {
    const last = past.pop();
    if (!last) return;
    setTo(last.question, last.value);
    last.part.word.textContent = "";
    last.question.first.dispatchEvent(new Event("change", { bubbles: true }));
    goTo(last.question.first);
  }

  function button(name, text, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = name;
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  }

  /* Where the scheme has pages, one is in view; without script they stand below each other. */
  function addPages(form, parts) {
    const all_ = Number(form.getAttribute("data-pages"));
    if (!(all_ > 1)) return;
    const where = document.createElement("p");
    where.className = "pages";
    where.tabIndex = -1;
    form.querySelector("#questions").insertBefore(where, form.querySelector("#questions").firstChild);
    let now = 1;
    const turn = (page) => {
      now = page;
      parts.forEach((part) => { part.element.hidden = part.page !== now; });
      where.textContent = say(form.getAttribute("data-page-of"), { n: now, all: all_ });
    };
    form.turnTo = (input) => {
      const part = parts.find((one) => one.element.contains(input));
      if (part && part.page !== now) turn(part.page);
    };
    parts.forEach((part) => {
      if (part.page < all_) part.next = form.getAttribute("data-next");
      if (part.page > 1) {
        part.element.querySelector(".tools").appendChild(button("tool", form.getAttribute("data-previous"), () => {
          turn(now - 1);
          where.focus();
        }));
      }
    });
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented || now === all_) return;
      event.preventDefault();
      turn(now + 1);
      where.focus();
      where.scrollIntoView();
    });
    turn(1);
  }

  /* Long lists: only the units whose name holds what is typed, or sounds like it. */
  function addFinder(form) {
    const rows = all(form, "[data-sounds]");
    if (!rows.length) return;
    const chosen = all(form, ".dealt label");
    const places = chosen.length ? chosen : rows;
    const sounds = {};
    rows.forEach((row) => { sounds[row.getAttribute("data-unit")] = readSounds(row.getAttribute("data-sounds")); });
    const nameOf = (place) => place.getAttribute("data-unit") || place.textContent;
    const line = document.createElement("div");
    const field = line.appendChild(document.createElement("input"));
    field.type = "text";
    field.className = "finder";
    field.placeholder = form.getAttribute("data-find");
    field.setAttribute("aria-label", form.getAttribute("data-find"));
    const told = line.appendChild(document.createElement("p"));
    told.className = "found hint";
    told.setAttribute("role", "status");
    field.addEventListener("input", (event) => {
      event.stopPropagation();
      const wanted = field.value.replace(/\s/g, "").toLowerCase();
      const found = {};
      places.forEach((place) => {
        const name = nameOf(place);
        place.hidden = name.toLowerCase().indexOf(wanted) < 0 && !soundsLike(sounds[name], wanted);
        if (!place.hidden) found[name] = true;
      });
      put(told, wanted ? say(form.getAttribute("data-found"), { n: Object.keys(found).length }) : "");
    });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault(); /* it would submit the ballot */
    });
    form.insertBefore(line, form.querySelector(".dealt") || form.querySelector("#questions"));
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

  /* Panels may say whom they have dealt with: the other units stay out of sight, unanswered. */
  function addDealtWith(form, parts) {
    if (!form.hasAttribute("data-dealt")) return;
    const box = document.createElement("fieldset");
    box.className = "dealt";
    box.appendChild(document.createElement("legend")).textContent = form.getAttribute("data-dealt");
    const names = all(form, "[data-unit]").map((row) => row.getAttribute("data-unit"));
    names.filter((name, at) => names.indexOf(name) === at).forEach((name) => {
      const rows = all(form, "[data-unit]").filter((row) => row.getAttribute("data-unit") === name);
      const answered = parts.some((part) => part.questions.some((one) => one.name === name && one.value()));
      const label = document.createElement("label");
      const input = label.appendChild(document.createElement("input"));
      input.type = "checkbox";
      input.checked = answered;
      label.appendChild(document.createElement("span")).textContent = name;
      const show = () => rows.forEach((row) => {
        row.hidden = !input.checked;
        row.setAttribute("data-away", input.checked ? "0" : "1");
        if (!input.checked) all(row, "input, textarea").forEach(empty);
        showSection(row.closest(".part"));
      });
      input.addEventListener("change", show);
      show();
      box.appendChild(label);
    });
    form.insertBefore(box, form.querySelector("#questions"));
  }

  /* A heading over nothing says nothing; a bar with the button stays. */
  function showSection(section) {
    const bare = !section.querySelector("[data-bar]") && !section.querySelector(".unit:not([hidden])");
    section.classList.toggle("bare", bare);
  }

  function empty(field) {
    if (field.type === "radio" || field.type === "checkbox") field.checked = false;
    else field.value = "";
  }

  /* One choice too many is taken back at once, by the one that was just made. */
  function boundChoices(box) {
    const most = Number(box.getAttribute("data-most"));
    box.addEventListener("change", (event) => {
      if (all(box, "input:checked").length > most) event.target.checked = false;
    });
  }

  function stopWhileMissing(form, parts, event) {
    const here = parts.some((part) => part.next && !part.element.hidden)
      ? parts.filter((part) => !part.element.hidden) : parts;
    const question = here.reduce((found, part) => found || missing(part)[0], null);
    if (!question) return;
    event.preventDefault();
    const part = parts.find((one) => one.questions.indexOf(question) >= 0);
    part.word.textContent = question.name
      ? say(form.getAttribute("data-missing"), { unit: question.name }) : form.getAttribute("data-missing-here");
    goTo(question.first);
  }

  /* Row and input in view and marked, so that a fault is found without searching. */
  function goTo(input) {
    const row = input.closest(".unit");
    const form = row.closest("form");
    if (form && form.turnTo) form.turnTo(input);
    row.hidden = false;
    row.className += " here";
    row.scrollIntoView({ block: "center" });
    const seen = input.type === "hidden" ? input.parentNode.querySelector("button") : input;
    seen.focus({ preventScroll: true });
  }

  function followFaults(faults) {
    faults.focus();
    all(faults, "a").forEach((link) => link.addEventListener("click", (event) => {
      const input = document.getElementById(link.hash.slice(1));
      const form = input && input.closest("form");
      if (form && form.turnTo) form.turnTo(input);
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
  all(document, "[data-ballot], [action$='/submit']").forEach(forgetPosting);
  all(document, "#faults").forEach(followFaults);
}());
