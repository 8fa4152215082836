/* Looks a receipt up on this device: a part of the list comes here, the receipt goes nowhere. */
(function () {
  "use strict";

  const SYMBOLS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";

  const ORDER = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

  /* The part of the list in which a receipt stands: evalsvc/box/receipt_list.py cuts it so. */
  function findPart(receipt, parts) {
    const four = Array.from(receipt.slice(0, 4));
    const number = four.reduce((before, symbol) => before * 31 + ORDER.indexOf(symbol), 0);
    return Math.floor(number * parts / 923521);
  }

  /* The 16 symbols meant, or nothing where symbols, length or check fail. */
  function read(typed) {
    const text = typed.normalize("NFKC").toUpperCase().replace(/[\s\-\u2010-\u2015\u2212\u30fc_]/g, "");
    const values = Array.from(text).map((one) => SYMBOLS.indexOf(one));
    if (values.length !== 16 || values.some((value) => value < 0)) return "";
    const sum = values.slice(0, 15).reduce((before, value, place) => before + (place + 1) * value, 0);
    return sum % 31 === values[15] ? text.match(/.{4}/g).join("-") : "";
  }

  function open(form) {
    const field = form.querySelector("input");
    const verdict = form.querySelector("[data-verdict]");
    const show = (name, found) => {
      verdict.textContent = form.getAttribute("data-" + name);
      verdict.className = "verdict " + (found ? "found" : "absent");
    };
    form.hidden = false;
    field.addEventListener("input", () => { verdict.textContent = ""; });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const receipt = read(field.value);
      if (!receipt) { show("slip", false); return; }
      const part = findPart(receipt, Number(form.getAttribute("data-parts")));
      fetch(form.getAttribute("data-lookup") + part + ".txt", { credentials: "omit" })
        .then((answer) => { if (!answer.ok) throw new Error(answer.status); return answer.text(); })
        .then((list) => {
          const found = list.split("\n").indexOf(receipt) >= 0;
          show(found ? "found" : "absent", found);
        })
        .catch(() => show("failed", false));
    });
  }

  Array.prototype.forEach.call(document.querySelectorAll("[data-lookup]"), open);
}());
