/* Panels may say whom they have dealt with: the other units stay out of sight, unanswered. */
(function (rater) {
  "use strict";

  const all = rater.all;

  function addDealtWith(ballot) {
    const form = ballot.form;
    if (!form.hasAttribute("data-dealt")) return;
    const box = document.createElement("fieldset");
    box.className = "dealt";
    box.appendChild(document.createElement("legend")).textContent = ballot.say("dealt");
    const rows = all(form, "[data-unit]");
    const names = rows.map((row) => row.getAttribute("data-unit"));
    names.filter((name, at) => names.indexOf(name) === at).forEach((name) => {
      const own = rows.filter((row) => row.getAttribute("data-unit") === name);
      const answered = ballot.parts.some((part) => part.questions.some((one) => one.name === name && one.value()));
      box.appendChild(choiceOf(name, own, answered));
    });
    form.insertBefore(box, form.querySelector("#questions"));
  }

  function choiceOf(name, rows, answered) {
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
    return label;
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

  rater.comfort(addDealtWith);
}(window.rater));
