/* The ground that the page's other files stand on: finding elements, the fixed texts, what this browser keeps, and who does what on
   a click. No file builds HTML from anything typed: words are written with textContent, HTML comes escaped from the server. */
window.findings = (() => {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const all = (selector, within) => [...(within || document).querySelectorAll(selector)];
  const wide = window.matchMedia("(min-width: 64rem)");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const box = () => document.querySelector("#question textarea, #question input");

  // ---- words: all of them come from the server, in one attribute -----------------------------------------------
  let texts = null;
  function words(name, values) {
    texts ??= JSON.parse(byId("log").dataset.words);
    let text = texts[name] || "";
    for (const [key, value] of Object.entries(values || {})) { text = text.replace("{" + key + "}", value); }
    return text;
  }
  const say = (message, place = "said") => { if (byId(place)) { byId(place).textContent = message; } };

  function element(name, text, attributes) {
    const made = document.createElement(name);
    if (text) { made.textContent = text; }
    for (const [key, value] of Object.entries(attributes || {})) { made.setAttribute(key, value); }
    return made;
  }

  const button = (text, attributes) => element("button", text, { type: "button", class: "quiet", ...attributes });

  // What stands in the way, at the head of whatever tab is open.
  function notice(message) {
    byId("notice")?.remove();
    byId("rooms").prepend(element("p", message, { class: "notice", role: "alert", id: "notice" }));
  }

  function fromServer(html) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    return holder.content.firstElementChild;
  }

  // ---- what this browser keeps: for so many days, or nothing where the council has switched it off -------------
  const PREFIX = "findings.";
  const days = () => Number(byId("log")?.dataset.days) || 0;
  const store = {
    read(name, without) {
      try {
        const kept = JSON.parse(localStorage.getItem(PREFIX + name));
        if (!kept || !days()) { return without; }
        if (Date.now() - kept.at > days() * 86400000) { localStorage.removeItem(PREFIX + name); return without; }
        return kept.value;
      } catch { return without; } // no storage in this browser, or not ours: as if nothing were kept
    },
    write(name, value) {
      if (!days()) { return; }
      try { localStorage.setItem(PREFIX + name, JSON.stringify({ at: Date.now(), value })); } catch { /* full, or forbidden */ }
    },
    forget() {
      try {
        for (const name of Object.keys(localStorage)) { if (name.startsWith(PREFIX)) { localStorage.removeItem(name); } }
      } catch { /* no storage in this browser */ }
    },
  };

  // ---- clicks: the first selector that fits says what is done --------------------------------------------------
  const clicks = [];
  const onClick = (selector, does) => clicks.push([selector, does]);
  const receivers = {}; // outlet -> what is done with its value
  const submits = {}; // id of a form -> what is done when it is sent

  const page = {
    byId, all, wide, calm, box, words, say, notice, element, button, fromServer, store, days, clicks, onClick, receivers, submits,
    send: null, // set when Gradio has loaded the page
    receive: (outlet, value) => { if (value) { receivers[outlet](value); } },
  };
  return page;
})();

// Light and dark: the system's choice, or ?__theme= as Gradio has it.
(() => {
  "use strict";
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const chosen = new URLSearchParams(location.search).get("__theme");
  const shade = () => {
    document.documentElement.dataset.theme = chosen === "dark" || chosen === "light" ? chosen : dark.matches ? "dark" : "light";
  };
  shade();
  dark.addEventListener("change", shade);
})();
