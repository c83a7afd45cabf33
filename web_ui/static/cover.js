// The privacy cover: a head who teaches from the same laptop must not show names on the whiteboard.
// It hides the page at once (a button, or Escape twice) and by itself after two idle minutes. The box knows nothing of it.
(() => {
  "use strict";
  const cover = document.getElementById("cover");
  const button = document.getElementById("cover-now");
  if (!cover || !button) {
    return;
  }
  const idle = Number(cover.dataset.idle) * 1000;
  const title = document.title;
  let used = Date.now();
  let escaped = 0;
  let before = null;

  const others = () => [...document.body.children].filter((element) => element !== cover);

  const hide = () => {
    if (!cover.hidden) {
      return;
    }
    before = document.activeElement;
    others().forEach((element) => { element.inert = true; });
    cover.hidden = false;
    document.title = cover.dataset.title;
    document.getElementById("uncover").focus();
  };

  const show = () => {
    cover.hidden = true;
    others().forEach((element) => { element.inert = false; });
    document.title = title;
    used = Date.now();
    if (before) {
      before.focus();
    }
  };

  button.addEventListener("click", hide);
  document.getElementById("uncover").addEventListener("click", show);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.repeat) {
      return;
    }
    const now = Date.now();
    if (now - escaped < 600) {
      hide();
      escaped = 0;
    } else {
      escaped = now;
    }
  });
  for (const kind of ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"]) {
    document.addEventListener(kind, () => { used = Date.now(); }, { passive: true });
  }
  setInterval(() => {
    if (Date.now() - used >= idle) {
      hide();
    }
  }, 1000);
})();
