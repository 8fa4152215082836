/* What the other parts are written with. `window.rater` is all that they share: a part takes from it
   what it uses, and adds what others may call. Every page works without any of them. */
(function () {
  "use strict";

  const all = (root, selector) => Array.prototype.slice.call(root.querySelectorAll(selector));

  const say = (text, figures) => text.replace(/\{(\w+)\}/g, (_, name) => figures[name]);

  /* Writing the same text again would make the browser lay the page out again. */
  function put(place, text) {
    if (place.textContent !== text) place.textContent = text;
  }

  function button(name, text, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = name;
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  }

  /* Some browsers forbid storage in private windows; the pages work without. */
  function withStorage(act) {
    try { act(window.sessionStorage); } catch (_error) { /* then only the server keeps a draft */ }
  }

  window.rater = { all: all, say: say, put: put, button: button, withStorage: withStorage };
}());
