/* Reviewing comments by keyboard, and fields that show when their choice is made. */
"use strict";

const comments = [...document.querySelectorAll("[data-comment]")].filter((one) => one.querySelector(".verdict"));

// A field belongs to one choice; without script all of them are there.
const show = (comment) => {
  const chosen = comment.querySelector(".verdict input:checked")?.value;
  for (const field of comment.querySelectorAll("[data-for]")) field.hidden = field.dataset.for !== chosen;
};

const focus = (comment) => {
  (comment.querySelector(".verdict input:checked") ?? comment.querySelector(".verdict input")).focus();
  comment.scrollIntoView({ block: "nearest" });
};

const move = (from, step) => {
  const next = comments[from + step];
  if (next) focus(next);
};

const press = (comment, number) => {
  const choice = comment.querySelectorAll(".verdict input")[number - 1];
  choice.checked = true;
  show(comment);
  const field = comment.querySelector(`[data-for="${choice.value}"]`);
  if (field) field.querySelector("textarea, select").focus();
  else move(comments.indexOf(comment), 1);
};

comments.forEach((comment) => {
  show(comment);
  comment.addEventListener("change", () => show(comment));
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("textarea, select, input:not([type=radio])");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !comments.length) return;
  const here = comments.findIndex((one) => one.contains(document.activeElement));
  const key = event.key.toLowerCase();
  if (key === "j") move(here, 1);
  else if (key === "k") move(here < 0 ? comments.length : here, -1);
  else if ("1234".includes(key) && here >= 0) press(comments[here], Number(key));
  else return;
  event.preventDefault();
});
