/* Conveniences of the office's pages; every page works without them. */
"use strict";

// The one-time link carries its secret after #, where no log or proxy sees it.
const link = document.querySelector("[data-takes-fragment]");
if (link && location.hash.length > 1) {
  link.value = location.hash.slice(1);
  link.closest(".field").hidden = true;
  history.replaceState(null, "", location.pathname);
}

// Whoever is typing a long text is not away: the session is told so every five minutes.
let told = Date.now();
document.addEventListener("input", () => {
  if (Date.now() - told < 300000 || !document.querySelector(".nav")) return;
  told = Date.now();
  fetch("/office/account/awake", { cache: "no-store" }).catch(() => {});
});

// A job's page asks for itself until the work is over, then shows the answer.
const job = document.querySelector("[data-job-running]");
if (job) {
  const refresh = async () => {
    const answer = await fetch(location.href, { cache: "no-store" });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = fresh.querySelector("[data-job]");
    if (!next) return location.reload();
    document.querySelector("[data-job]").replaceWith(next);
    if (next.matches("[data-job-running]")) setTimeout(refresh, 1500);
  };
  setTimeout(refresh, 1000);
}

// In a table that is filled in, Enter and the arrows go to the cell below or above.
document.addEventListener("keydown", (event) => {
  const cell = event.target.closest("[data-grid] td");
  const step = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!cell || !step || event.isComposing || event.target.tagName !== "INPUT") return;
  event.preventDefault();
  let row = cell.parentElement;
  do {
    row = step > 0 ? row.nextElementSibling : row.previousElementSibling;
  } while (row && !row.cells[cell.cellIndex].querySelector("input:not([type=hidden])"));
  const next = row?.cells[cell.cellIndex].querySelector("input:not([type=hidden])");
  if (next) next.select();
});
