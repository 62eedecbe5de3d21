/* The passage: opens beside whatever is being read, without moving it; covers a narrow page; closes when told to, by its button, by
   Escape or by Back, and gives the focus back to where it came from. */
(() => {
  "use strict";
  const f = window.findings;
  const { byId, all, wide } = f;
  const root = document.documentElement;
  let opener = null; // what was focused when the passage was opened
  let awaited = false; // whether the next passage was asked for, or comes along with an answer
  let wanted = true; // whether passages may come along with answers: not once the reader has closed one

  function open(link) {
    const turn = link.closest(".turn");
    const id = link.dataset.passage;
    const report = f.reportOf(link);
    const quotes = turn ? all("q[data-passage]", turn).filter((q) => q.dataset.passage === id && f.reportOf(q) === report).map((q) => q.textContent) : [];
    if (link.dataset.quote) { quotes.push(link.dataset.quote); }
    let also = [];
    try { also = JSON.parse(link.dataset.also || "[]"); } catch { also = []; }
    if (!link.closest(".evidence")) { opener = link; }
    show({ id, report, quotes: [...new Set(quotes)], also, href: link.getAttribute("href") });
  }

  // One entry of the history for an open passage, however many are read on from it: Back closes it.
  function show(passage) {
    f.places.go({ passage: { quotes: [], also: [], ...passage } }, f.places.now().passage ? "replace" : "push");
    fetch(passage);
  }

  function fetch(passage) {
    awaited = true;
    f.send("open", { passage: passage.id, report: passage.report ?? f.places.now().report, quotes: passage.quotes || [], also: passage.also || [] });
  }

  function receive(html) {
    const slot = byId("evidence-slot");
    const asked = awaited;
    awaited = false;
    slot.innerHTML = html;
    byId("panel-find")?.toggleAttribute("hidden", f.reportOf(byId("panel-find")) !== f.places.now().report);
    f.notes.mark();
    if (!asked) { settle(); current(); return; }
    if (f.places.now().tab === "chat") { wanted = true; }
    still(opener, () => root.classList.add("reading"));
    if (!wide.matches) { cover(true); }
    current();
    bring(slot.querySelector("mark"));
    byId("evidence-title").focus({ preventScroll: true });
  }

  // Marks, in every tab, the links of the passage that is open beside them.
  function current() {
    const open = wide.matches ? root.classList.contains("reading") : root.classList.contains("covered");
    const panel = byId("evidence-slot").firstElementChild;
    const shown = open ? panel?.dataset.shown : null;
    for (const link of all("#rooms [data-passage]:is(a, button)")) {
      if (shown && link.dataset.passage === shown && f.reportOf(link) === f.reportOf(panel)) { link.setAttribute("aria-current", "true"); }
      else if (link.hasAttribute("aria-current")) { link.removeAttribute("aria-current"); }
    }
  }

  // Scrolls the column alone until the marked words are seen: the page beside it stays where it is.
  function bring(mark) {
    const column = byId("evidence-column");
    column.scrollTop = 0;
    const below = mark ? mark.getBoundingClientRect().bottom - column.getBoundingClientRect().bottom : 0;
    if (below > 0) { column.scrollTop = below + 48; }
  }

  // Keeps an element where it is on the screen while the page beside it changes its width.
  function still(kept, change) {
    const seen = kept?.isConnected && kept.offsetParent !== null;
    const before = seen ? kept.getBoundingClientRect().top : 0;
    change();
    if (seen) { window.scrollBy({ top: kept.getBoundingClientRect().top - before, behavior: "instant" }); }
  }

  // On a narrow page the passage covers the rest, which then takes no part until it is closed.
  function cover(on) {
    root.classList.toggle("covered", on);
    for (const one of [document.querySelector(".masthead"), document.querySelector(".tabs"), document.querySelector(".foot"), byId("rooms")]) {
      if (one) { one.inert = on; }
    }
  }

  // The column as the tab wants it where no passage was asked for: beside the chat, and nowhere else.
  function settle() {
    if (f.places.now().passage) { return; }
    cover(false);
    root.classList.toggle("reading", f.places.now().tab === "chat" && wanted);
    current();
  }

  function hide() {
    if (f.places.now().tab === "chat") { wanted = false; }
    const back = opener?.isConnected && opener.offsetParent !== null ? opener : null;
    still(back, () => { cover(false); root.classList.remove("reading"); });
    current();
    (back || (f.places.now().tab === "chat" ? f.box() : document.querySelector('[role="tab"][aria-selected="true"]'))).focus({ preventScroll: true });
    opener = null;
  }

  // A passage that was opened here is closed by going back, so that Back does not open it once more.
  function close() {
    const { passage, depth } = f.places.now();
    if (passage && depth > 0) { history.back(); return; }
    f.places.go({ passage: null }, "replace");
    hide();
  }

  f.onClick(".close", close);
  f.onClick("a[data-passage], button[data-passage]", open);
  f.receivers.evidence = receive;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.activeElement?.closest(".evidence")) { close(); }
  });
  wide.addEventListener("change", () => { if (wide.matches) { cover(false); } else if (f.places.now().passage) { cover(true); } });

  f.passage = { show, fetch, hide, settle, close };
})();
