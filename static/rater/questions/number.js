/* A number: a slider beside the field; the field is what counts. */
(function (rater) {
  "use strict";

  function addSlider(field) {
    const slider = document.createElement("input");
    slider.type = "range";
    slider.className = "slide";
    slider.min = field.getAttribute("data-low");
    slider.max = field.getAttribute("data-high");
    slider.step = field.getAttribute("data-step") || Math.pow(10, -Number(field.getAttribute("data-places")));
    slider.value = field.value || slider.min;
    slider.setAttribute("aria-label", field.labels[0].textContent);
    slider.addEventListener("input", () => { field.value = slider.value; });
    field.addEventListener("input", () => { if (field.value) slider.value = field.value; });
    field.parentNode.appendChild(slider);
  }

  rater.all(document, "[data-ballot] [inputmode=decimal]").forEach(addSlider);
}(window.rater));
