/* The card: reads the code behind # in the address, https://host/r#TOKEN, which no server sees. */
(function (rater) {
  "use strict";

  const SYMBOLS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";

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
    try { text = decodeURIComponent(text); } catch (_error) { /* a stray % is no reason to stop */ }
    text = text.normalize("NFKC").toUpperCase().replace(/[\s\-–—_]/g, "");
    const token = text.slice(0, 16);
    return token.length === 16 && Array.from(token).every((one) => SYMBOLS.indexOf(one) >= 0) ? token : "";
  }

  rater.all(document, "[data-card]").forEach(readCard);
}(window.rater));
