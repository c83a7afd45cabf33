// Small comforts. Every page works without this file.
(() => {
  "use strict";
  document.documentElement.classList.add("js");

  // A form is sent once, however often its button is pressed.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
  });
  // A page that comes back from the browser's memory may be sent again.
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => form.removeAttribute("data-sent"));
  });

  document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));

  const summary = document.querySelector(".govuk-error-summary");
  if (summary) {
    summary.tabIndex = -1;
    summary.focus();
  }

  // The page turns grey by itself when nothing has answered for two minutes.
  const patience = 120000;
  let heard = Date.now();
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) {
      heard = Date.now();
    }
  });
  setInterval(() => {
    if (Date.now() - heard < patience) {
      return;
    }
    const lost = document.getElementById("lost-touch");
    const lamp = document.querySelector("[data-lamp]");
    if (lost && lamp && !lamp.classList.contains("lamp--lost")) {
      lamp.replaceWith(lost.content.cloneNode(true));
    }
    const strip = document.getElementById("strip");
    if (strip && !strip.classList.contains("strip--lost")) {
      strip.classList.add("strip--lost");
      strip.querySelector(".strip__word").textContent = strip.dataset.lost;
    }
  }, 5000);
})();
