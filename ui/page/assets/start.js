/* Starts the page: hands every click and every form to whoever does it, and, once Gradio is there, brings the conversation back and goes
   where the address says. */
(() => {
  "use strict";
  const f = window.findings;
  const { byId, store } = f;
  const plain = (event) => event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;

  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || !plain(event) || !f.send) { return; }
    const target = event.target.closest("a, button");
    const does = target && f.clicks.find(([selector]) => target.matches(selector));
    const anchor = target?.getAttribute("href") || "";
    if (does) { event.preventDefault(); does[1](target); }
    else if (anchor.length > 1 && anchor.startsWith("#")) { event.preventDefault(); f.places.read(anchor.slice(1)); }
  });
  document.addEventListener("submit", (event) => {
    if (event.target.closest("[data-sign-out]")) { return; }
    event.preventDefault();
    f.submits[event.target.id]?.(event.target);
  });

  function large(on) {
    document.documentElement.classList.toggle("large", on);
    byId("large")?.setAttribute("aria-pressed", on ? "true" : "false");
  }
  f.onClick("#large", () => {
    const on = !document.documentElement.classList.contains("large");
    large(on);
    store.write("large", on);
  });

  f.receivers.parts = (message) => {
    const got = JSON.parse(message);
    if (got.number && !f.reports.received(got)) { return; } // of a report; without a number, there is an index at last
    for (const [name, html] of Object.entries(got.parts || {})) {
      const slot = byId(name + "-slot");
      if (slot) { slot.innerHTML = html; }
    }
  };

  function begin() {
    if (!f.days()) { store.forget(); } // switched off by the council: what an earlier visit left goes too
    large(store.read("large", false));
    f.notes.load();
    f.wordsBack.offer();
    for (const one of f.all(".contents details")) { one.open = f.wide.matches; }
    document.documentElement.dataset.ready = "yes";
    const before = history.state?.tab ? history.state : null; // a reload knows where it was
    f.places.arrive(before?.report, () => begun(before && { ...before, report: f.places.now().report }));
  }

  // What was kept of a report that had to be chosen first is there already.
  function begun(before) {
    const questions = before ? [] : f.places.follow();
    if (before) { f.places.apply(before); }
    const kept = f.keeping.kept();
    const then = () => {
      document.documentElement.dataset.settled = "yes"; // what was kept is there: nothing more comes by itself
      if (questions.length) { f.asking.link(questions); return; }
      const { tab, passage } = f.places.now();
      if (tab === "chat" && !passage && kept.length) { f.keeping.stand(before ? before.turn : kept.length); }
    };
    if (kept.length && !f.keeping.shown().length) { f.keeping.restore(kept, then); } else { then(); }
  }

  f.wire = (trigger) => {
    const ready = () => {
      if (!byId("log") || !byId("part-notes") || !f.box()) { setTimeout(ready, 30); return; }
      f.send = (event, data) => trigger(event, { report: f.places.now().report, ...data });
      f.places.arrange();
      begin();
    };
    ready();
  };
})();
