// What axe-core can't see. Each check gives sentences; none means that all is well.
window.checks = (() => {
  "use strict";
  const show = (element) => element.outerHTML.slice(0, 140).replace(/\s+/g, " ");
  const seen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const pressed = "a[href], button, input:not([type=hidden]), select, summary, textarea";
  const all = (selector) => [...document.querySelectorAll(selector)].filter(seen);

  // 1.4.10: no sideways scrolling but inside tables, which have their own.
  const fits = () => {
    const wide = document.documentElement.scrollWidth - window.innerWidth;
    if (wide <= 1) {
      return [];
    }
    const guilty = all("body *").filter((e) => e.getBoundingClientRect().right > window.innerWidth + 1 && !e.closest(".wide, .table"));
    return [`wider than the screen by ${wide} px: ${guilty.length ? show(guilty.at(-1)) : ""}`];
  };

  // 2.5.8: at least 24 px each way, links inside sentences excepted; radios and boxes are as large as their label.
  const large = () => all(pressed)
    .filter((e) => !(e.matches("a") && e.closest("p, dd, li:not(.nav li):not(.links li), td, label, .govuk-hint")))
    .map((e) => [e, (e.matches("[type=radio], [type=checkbox]") && e.labels[0] ? e.labels[0] : e).getBoundingClientRect()])
    .filter(([e, box]) => box.width > 1 && (box.height < 23.5 || box.width < 23.5) && !e.matches(".govuk-skip-link"))
    .map(([e, box]) => `smaller than 24 px (${box.width} x ${box.height}): ${show(e)}`);

  // 2.4.7, 2.4.11: whatever has the focus shows it, and nothing covers it.
  const focused = () => {
    const before = document.activeElement;
    const faults = [];
    const looks = (e) => {
      const style = getComputedStyle(e);
      return [style.outlineStyle === "none" ? "" : style.outlineWidth + style.outlineColor, style.boxShadow, style.backgroundColor, style.borderColor].join();
    };
    for (const element of all(pressed)) {
      const painted = element.matches("[type=radio], [type=checkbox]") && element.labels[0] ? element.labels[0] : element;
      const own = (e) => (e === element ? looks(e) : looks(e) + getComputedStyle(e, "::before").outlineWidth + getComputedStyle(e, "::before").boxShadow);
      element.blur();
      const without = own(painted);
      element.focus();
      if (document.activeElement !== element) {
        continue;
      }
      if (own(painted) === without) {
        faults.push(`the focus can't be seen: ${show(element)}`);
      }
      const box = painted.getBoundingClientRect();
      const x = Math.max(1, Math.min(box.left + Math.min(box.width / 2, 20), window.innerWidth - 2));
      const y = Math.max(1, Math.min((Math.max(box.top, 0) + Math.min(box.bottom, window.innerHeight)) / 2, window.innerHeight - 2));
      const top = document.elementFromPoint(x, y);
      const lies = box.bottom <= 0 || box.top >= window.innerHeight;
      if (lies || !(top && (painted.contains(top) || top.contains(painted) || element.contains(top)))) {
        faults.push(`the focus is hidden${top && !lies ? " by " + show(top) : ""}: ${show(element)}`);
      }
    }
    (before instanceof HTMLElement ? before : document.body).focus();
    return faults;
  };

  // A word that is cut off by its box. What is made to be cut has its whole text elsewhere and says so.
  const cut = () => all("main *, header *, footer *")
    .filter((e) => (e.childElementCount === 0 || getComputedStyle(e).textOverflow === "ellipsis") && e.textContent.trim() && !e.closest("svg, .govuk-visually-hidden, select, option"))
    .filter((e) => {
      const style = getComputedStyle(e);
      return style.overflow !== "visible" && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 2) && !e.matches("input, textarea, select");
    })
    .map((e) => `words are cut off: ${show(e)}`);

  // 1.4.1: a colour never speaks alone. Whatever carries one of the four has words in it or beside it.
  const spoken = () => all("[class*='--urgent'], [class*='--look'], [class*='--well'], [class*='--blind'], [class*='--lost'], .tick, .heat__bar, .heat__cross")
    .filter((e) => !(e.closest("article, section, li, td, p, a, div, figure")?.textContent.trim()))
    .map((e) => `a colour without words: ${show(e)}`);

  // Forms and links that lead nowhere; one heading; its order; languages; names of fields that browsers know.
  const ordered = () => {
    const faults = [];
    const ids = new Set([...document.querySelectorAll("[id]")].map((e) => e.id));
    for (const link of document.querySelectorAll("a[href^='#']")) {
      if (!ids.has(decodeURIComponent(link.getAttribute("href").slice(1)))) {
        faults.push(`leads nowhere: ${show(link)}`);
      }
    }
    const levels = all("h1, h2, h3, h4, h5, h6").map((e) => Number(e.tagName[1]));
    if (levels.filter((level) => level === 1).length !== 1) {
      faults.push(`not one h1 but ${levels.filter((level) => level === 1).length}`);
    }
    levels.forEach((level, n) => {
      if (n && level > levels[n - 1] + 1) {
        faults.push(`heading ${level} after ${levels[n - 1]}`);
      }
    });
    if (!/^(en|cy)/.test(document.documentElement.lang)) {
      faults.push("the page has no language");
    }
    if (!document.title.includes(" – ")) {
      faults.push(`the title says nothing: ${document.title}`);
    }
    for (const field of all("input[type=password]")) {
      if (!/^(current|new)-password$/.test(field.autocomplete)) {
        faults.push(`browsers don't know this field: ${show(field)}`);
      }
    }
    for (const field of all("input:not([type=hidden]):not([type=submit]), select, textarea")) {
      if (!field.labels?.length && !field.getAttribute("aria-label") && !field.getAttribute("aria-labelledby")) {
        faults.push(`no label: ${show(field)}`);
      }
    }
    for (const element of document.querySelectorAll("[tabindex]")) {
      if (Number(element.getAttribute("tabindex")) > 0) {
        faults.push(`an order of its own: ${show(element)}`);
      }
    }
    return faults;
  };

  // 2.2.2, 2.3.3: nothing moves for those who asked for that.
  const still = () => (matchMedia("(prefers-reduced-motion: reduce)").matches
    ? document.getAnimations().map((animation) => `moves: ${show(animation.effect.target)}`) : []);

  // In forced colours the background says nothing: where one is, is said by the border, the weight or a sign as well.
  const current = () => {
    const faults = [];
    for (const here of all("nav [aria-current], .views [aria-current]")) {
      const other = [...here.closest("ul, .views").querySelectorAll("a")].find((e) => !e.hasAttribute("aria-current"));
      const looks = (e) => ["borderBottomColor", "textDecorationLine", "outlineStyle", "borderBottomWidth"].map((key) => getComputedStyle(e)[key]).join();
      if (other && looks(here) === looks(other)) {
        faults.push(`where one is can't be seen: ${show(here)}`);
      }
    }
    for (const button of all(".govuk-button")) {
      const style = getComputedStyle(button);
      if (style.borderStyle === "none" || style.borderWidth === "0px") {
        faults.push(`a button without an edge: ${show(button)}`);
      }
    }
    return faults;
  };

  const withStyle = (set, unset) => {
    set();
    const faults = [...fits(), ...cut()];
    unset();
    return faults;
  };
  const root = document.documentElement.style;
  return {
    all: () => [...fits(), ...large(), ...focused(), ...cut(), ...spoken(), ...ordered(), ...still()],
    current,
    // 1.4.12: the spacing that readers may set.
    spaced: () => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync("* {line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important} p {margin-bottom:2em!important}");
      return withStyle(() => { document.adoptedStyleSheets = [sheet]; }, () => { document.adoptedStyleSheets = []; });
    },
    // 1.4.4: letters of twice the size.
    large: () => withStyle(() => { root.fontSize = "200%"; }, () => { root.fontSize = ""; }),
  };
})();
