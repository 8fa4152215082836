/* Painting the boxes of a matrix: drag over them, or press a heading for its whole row or column. */
"use strict";

const matrix = document.querySelector("[data-matrix]");

if (matrix) {
  const findBox = (cell) => cell?.querySelector("input[type=checkbox]");
  const set = (box, checked) => {
    if (box && box.checked !== checked) {
      box.checked = checked;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }
  };

  // A press on a box paints what it becomes over all boxes that the mouse passes.
  let painting = null;
  matrix.addEventListener("mousedown", (event) => {
    const box = findBox(event.target.closest("td"));
    if (!box || event.button !== 0) return;
    event.preventDefault();
    painting = !box.checked;
    set(box, painting);
  });
  matrix.addEventListener("mouseover", (event) => {
    if (painting !== null) set(findBox(event.target.closest("td")), painting);
  });
  document.addEventListener("mouseup", () => { painting = null; });
  // The press has set the box already.
  matrix.addEventListener("click", (event) => {
    if (event.detail && findBox(event.target.closest("td"))) event.preventDefault();
  });

  const turn = (boxes) => {
    const checked = boxes.some((box) => !box.checked);
    for (const box of boxes) set(box, checked);
  };
  const listRow = (row) => [...row.cells].map(findBox).filter(Boolean);
  const listColumn = (place) => [...matrix.tBodies[0].rows].map((row) => findBox(row.cells[place])).filter(Boolean);
  for (const button of matrix.querySelectorAll("button[data-turn]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const heading = button.closest("th");
      turn(button.dataset.turn === "row" ? listRow(heading.parentElement) : listColumn(heading.cellIndex));
    });
  }

  // Arrows go from box to box.
  matrix.addEventListener("keydown", (event) => {
    const cell = event.target.closest("td");
    const [down, right] = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }[event.key] ?? [];
    if (!cell || down === undefined) return;
    event.preventDefault();
    let [row, place] = [cell.parentElement.rowIndex, cell.cellIndex];
    let next;
    do {
      row += down;
      place += right;
      next = matrix.rows[row]?.cells[place];
    } while (next && next.matches("td") && !findBox(next));
    findBox(next)?.focus();
  });
}
