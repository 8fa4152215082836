/* Puts units in order by buttons: the next free place, one up, one down; a grip drags as well. Rows stay where they are. */
(function (rater) {
  "use strict";

  const all = rater.all;

  function openOrder(section) {
    const rows = all(section, "[data-place]").map((box) => openRow(box));
    rows.forEach((row) => addButtons(row, rows));
    const close = () => { closeUp(rows); rows.forEach((row) => show(row, rows)); };
    section.addEventListener("change", close);
    section.addEventListener("input", close);
    close();
  }

  function openRow(box) {
    const unit = box.closest(".unit");
    const chosen = () => unit.querySelector(".choose input:checked");
    const inBand = box.getAttribute("data-place") !== "";
    return {
      box: box,
      field: box.querySelector("input"),
      /* Units are ordered among those of the same band, or all together. */
      band: () => (!inBand ? "all" : chosen() ? chosen().value : ""),
      last: "",
      name: unit.getAttribute("data-unit"),
    };
  }

  const placeOf = (row) => Number(row.field.value) || 0;
  const peers = (row, rows) => rows.filter((one) => one.band() === row.band() && row.band() !== "");

  function addButtons(row, rows) {
    const words = (name) => row.box.getAttribute("data-" + name);
    row.take = rater.button("take", words("next"), () => toggle(row, rows));
    row.up = rater.button("step", "↑", () => swap(row, rows, -1));
    row.down = rater.button("step", "↓", () => swap(row, rows, 1));
    row.up.setAttribute("aria-label", row.name + " " + words("up"));
    row.down.setAttribute("aria-label", row.name + " " + words("down"));
    const line = document.createElement("div");
    line.className = "steps-row";
    [row.take, row.up, row.down].forEach((one) => line.appendChild(one));
    addGrip(row, rows, line);
    row.box.appendChild(line);
    row.field.type = "hidden"; /* the buttons say and do the same */
    row.box.querySelector("label").hidden = true;
  }

  function toggle(row, rows) {
    const own = peers(row, rows);
    const taken = own.filter(placeOf).length;
    row.field.value = placeOf(row) ? "" : String(taken + 1);
    told(row);
  }

  function swap(row, rows, step) {
    const other = peers(row, rows).find((one) => placeOf(one) === placeOf(row) + step);
    if (!placeOf(row) || !other) return;
    const place = row.field.value;
    row.field.value = other.field.value;
    other.field.value = place;
    told(row);
  }

  /* Dragged onto another unit, a unit takes its place; a comfort for fingers and mice, so out of the way of keys. */
  function addGrip(row, rows, line) {
    if (!window.PointerEvent) return;
    const grip = document.createElement("span");
    let over = null;
    const mark = (next) => {
      if (over) over.box.closest(".unit").classList.remove("over");
      over = next;
      if (over) over.box.closest(".unit").classList.add("over");
    };
    grip.className = "grip";
    grip.textContent = "☰";
    grip.setAttribute("aria-hidden", "true");
    grip.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      grip.setPointerCapture(event.pointerId);
    });
    grip.addEventListener("pointermove", (event) => {
      if (!grip.hasPointerCapture(event.pointerId)) return;
      const edge = event.clientY < 80 ? -1 : event.clientY > window.innerHeight - 160 ? 1 : 0;
      window.scrollBy(0, edge * 12);
      const under = document.elementFromPoint(event.clientX, event.clientY);
      const unit = under && under.closest(".unit");
      mark(peers(row, rows).find((one) => one !== row && one.box.closest(".unit") === unit) || null);
    });
    grip.addEventListener("pointerup", () => {
      const target = over;
      mark(null);
      if (target) insert(row, rows, target);
    });
    grip.addEventListener("pointercancel", () => mark(null));
    line.appendChild(grip);
  }

  /* At the target's place, which moves on by one; after all others where the target has none. */
  function insert(row, rows, target) {
    const own = peers(row, rows).filter((one) => placeOf(one) && one !== row);
    own.sort((a, b) => placeOf(a) - placeOf(b));
    const down = placeOf(row) && placeOf(row) < placeOf(target);
    own.splice(placeOf(target) ? own.indexOf(target) + (down ? 1 : 0) : own.length, 0, row);
    own.forEach((one, at) => { one.field.value = String(at + 1); });
    told(row);
  }

  function told(row) {
    row.field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /* A unit that left a band leaves no gap; the only one that is left has the only place. */
  function closeUp(rows) {
    rows.filter((row) => row.last !== "" && row.last !== row.band()).forEach((row) => { row.field.value = ""; });
    rows.forEach((row) => { row.last = row.band(); });
    rows.filter((row) => row.band() === "").forEach((row) => { row.field.value = ""; });
    rows.map((row) => row.band()).filter((band, at, bands) => band && bands.indexOf(band) === at).forEach((band) => {
      const own = rows.filter((row) => row.band() === band);
      const placed = own.filter(placeOf).sort((a, b) => placeOf(a) - placeOf(b));
      placed.forEach((row, at) => { row.field.value = String(at + 1); });
      const open = own.filter((row) => !placeOf(row));
      if (open.length === 1 && (own.length === 1 || placed.length)) open[0].field.value = String(own.length);
    });
  }

  function show(row, rows) {
    const place = placeOf(row);
    const words = (name) => row.box.getAttribute("data-" + name);
    row.box.hidden = row.band() === "";
    const taken = place ? rater.say(words("taken"), { n: place }) : words("next");
    row.take.setAttribute("aria-label", row.name + " " + taken);
    rater.put(row.take, taken);
    row.take.setAttribute("aria-pressed", place ? "true" : "false");
    row.up.disabled = place < 2;
    row.down.disabled = !place || !peers(row, rows).some((one) => placeOf(one) === place + 1);
  }

  all(document, ".forced_ratio, .ranking").forEach((section) => {
    if (section.querySelector("[data-place]")) openOrder(section);
  });
}(window.rater));
