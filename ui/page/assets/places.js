/* Where the reader is: tab, passage, question. Each step is an entry of the browser's history, so Back and a phone's gesture first close
   the passage, then go back through the questions and tabs. Addresses name tabs and passages; what was typed stands only behind "#", which
   no browser sends to a server. */
(() => {
  "use strict";
  const f = window.findings;
  const { byId, all } = f;
  const START = { tab: "chat", report: "", passage: null, turn: 0, at: null, brief: null, depth: 0 }; // `report`: "" for the one in force
  let state = START;
  const left = new Map(); // tab -> how far down it was read when it was left
  try { history.scrollRestoration = "manual"; } catch { /* an old browser scrolls as it likes */ }

  function address() {
    const query = new URLSearchParams();
    const theme = new URLSearchParams(location.search).get("__theme");
    if (theme) { query.set("__theme", theme); }
    if (state.report) { query.set("report", state.report); }
    if (state.at && state.tab === "report" && !state.passage) { query.set("page", state.at); }
    else if (state.tab !== "chat") { query.set("tab", state.tab); }
    if (state.passage) {
      const named = new URLSearchParams(state.passage.href || "?passage=" + encodeURIComponent(state.passage.id));
      for (const [key, value] of named) { query.set(key, value); }
    }
    const brief = state.tab === "briefing" && state.brief ? "#" + new URLSearchParams(state.brief) : "";
    return location.pathname + (query.size ? "?" + query : "") + brief;
  }

  // Goes on from here: `change` is what becomes different. The scroll position of the entry that is left is written down in it; of a tab
  // that is hidden already, the one that it had.
  function go(change, how = "push") {
    const hidden = document.documentElement.dataset.part !== state.tab;
    history.replaceState({ ...state, scroll: hidden ? left.get(state.tab) : window.scrollY }, "", location.href);
    state = { ...state, ...change, scroll: undefined };
    if (how === "push") { state.depth += 1; }
    history[how === "push" ? "pushState" : "replaceState"](state, "", address());
  }

  function select(name, focus) {
    const tabs = all('[role="tab"]');
    if (!tabs.some((tab) => tab.dataset.tab === name)) { return false; }
    const before = document.documentElement.dataset.part;
    if (before !== name) { left.set(before, window.scrollY); }
    for (const tab of tabs) {
      const on = tab.dataset.tab === name;
      tab.setAttribute("aria-selected", on ? "true" : "false");
      tab.tabIndex = on ? 0 : -1;
      if (on) { tab.scrollIntoView({ block: "nearest", inline: "nearest" }); }
      if (on && focus) { tab.focus(); }
      byId("part-" + tab.dataset.tab)?.classList.toggle("shown", on);
    }
    document.documentElement.dataset.part = name;
    return true;
  }

  function choose(name, focus) {
    if (name === state.tab || !select(name, focus)) { return; }
    go({ tab: name, passage: null, at: null });
    f.passage.settle();
    window.scrollTo(0, left.get(name) || 0);
  }

  // A place within a tab: a page or passage of the report, a recommendation.
  function read(id) {
    const place = byId(id);
    const tab = place?.closest(".part")?.id.slice(5);
    if (!tab) { return false; }
    select(tab, false);
    go({ tab, passage: null, at: id.startsWith("page-") ? id.slice(5) : null });
    f.passage.settle();
    place.focus({ preventScroll: true });
    place.scrollIntoView({ block: "start", behavior: "auto" });
    return true;
  }

  // Shows what an entry of the history says; of another report than the one on the page, once that is there.
  function apply(wanted) {
    const before = state;
    state = f.reports ? wanted : { ...wanted, report: "" };
    if (state.report !== before.report) { f.reports.show(state.report, () => shown(before)); } else { shown(before); }
  }

  function shown(before) {
    select(state.tab, false);
    if (state.passage && state.passage.id !== before.passage?.id) { f.passage.fetch(state.passage); }
    if (!state.passage) { before.passage ? f.passage.hide() : f.passage.settle(); }
    if (state.tab === "chat" && !before.passage && state.turn !== before.turn) { f.keeping.stand(state.turn); }
    if (state.scroll !== undefined) { window.scrollTo(0, state.scroll); }
    else if (state.at) { byId("page-" + state.at)?.scrollIntoView(); }
    else if (state.tab !== before.tab && state.tab !== "chat") { window.scrollTo(0, left.get(state.tab) || 0); }
  }

  const asked = () => new URLSearchParams([...new URLSearchParams(location.search), ...new URLSearchParams(location.hash.slice(1))]);

  // Chooses a report, or the one that the address names, then goes on; a name that is not there is said.
  function arrive(report, then) {
    const named = (report ?? asked().get("report") ?? "").slice(0, 500).trim();
    const wanted = f.reports ? f.reports.plain(named) : named === byId("log").dataset.own ? "" : named;
    const known = f.reports ? f.reports.knows(wanted) : ["", "all"].includes(wanted);
    if (!known) { f.notice(f.words("no_report", { name: named })); }
    state = { ...state, report: known && f.reports ? wanted : "" };
    if (f.reports && state.report !== f.reports.shown()) { f.reports.show(state.report, then); } else { then(); }
  }

  // Goes where an address says, and gives the questions that it asks; ?q= is what links looked like before, and is still read.
  function follow() {
    const wanted = asked();
    if (wanted.get("tab") && select(wanted.get("tab"), false)) { state = { ...state, tab: wanted.get("tab") }; f.passage.settle(); }
    history.replaceState(state, "", location.href);
    const page = wanted.get("page");
    if (page && !read("page-" + page)) { f.passage.show({ id: "page " + page.slice(0, 40), href: location.search }); }
    for (const [key, sort] of [["para", "paragraph "], ["rec", "recommendation "], ["passage", ""]]) {
      if (wanted.get(key)) { f.passage.show({ id: sort + wanted.get(key).slice(0, 40), report: state.report, href: "?" + new URLSearchParams({ [key]: wanted.get(key) }) }); }
    }
    if (wanted.get("topic")) { f.briefs.make(wanted.get("topic").slice(0, 300), wanted.get("length")); }
    return wanted.get("q") ? [...wanted.getAll("after"), wanted.get("q")].map((one) => one.slice(0, 4001)) : [];
  }

  // Somebody who pastes a link into an open page gets there by this too: such an entry has no state of ours.
  window.addEventListener("popstate", (event) => {
    if (event.state) { apply(event.state); return; }
    arrive(undefined, () => {
      const questions = follow();
      if (questions.length) { f.asking.link(questions); }
    });
  });

  f.onClick("[data-tab]", (tab) => choose(tab.dataset.tab, true));
  const there = (link, id) => { if (f.reports) { f.reports.choose(f.reportOf(link), () => read(id)); } else { read(id); } };
  f.onClick("[data-read]", (link) => there(link, "passage-" + link.dataset.read));
  f.onClick("[data-page]", (link) => there(link, "page-" + link.dataset.page));
  f.onClick(".skip", () => { byId("parts").tabIndex = -1; byId("parts").focus(); });

  document.addEventListener("keydown", (event) => { // the arrow keys walk along the tabs
    const tabs = all('[role="tab"]');
    const at = tabs.indexOf(event.target);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (at < 0 || to === undefined) { return; }
    event.preventDefault();
    choose(tabs[(to + tabs.length) % tabs.length].dataset.tab, true);
  });

  function arrange() {
    for (const tab of all('[role="tab"]')) {
      const part = byId("part-" + tab.dataset.tab);
      part.setAttribute("role", "tabpanel");
      part.setAttribute("aria-labelledby", tab.id);
      tab.setAttribute("aria-controls", part.id);
    }
    document.querySelector(".tabs")?.append(byId("display"));
    more();
    select("chat", false);
  }

  // Where the line of tabs is longer than the page, a button at its edge says so and goes on; the keyboard has the arrow keys.
  function more() {
    const line = document.querySelector('[role="tablist"]');
    const step = (sign, side) => {
      const made = f.button(sign, { class: "step " + side, tabindex: -1, "aria-hidden": "true" });
      made.addEventListener("click", () => line.scrollBy({ left: (side === "on" ? 0.7 : -0.7) * line.clientWidth, behavior: f.calm.matches ? "auto" : "smooth" }));
      return made;
    };
    const back = step("‹", "back"), on = step("›", "on");
    const tabs = all('[role="tab"]', line);
    line.prepend(back);
    line.append(on);
    const edges = () => {
      const { left: start, right: end } = line.getBoundingClientRect();
      back.hidden = tabs[0].getBoundingClientRect().left >= start - 4;
      on.hidden = tabs.at(-1).getBoundingClientRect().right <= end + 4;
    };
    line.addEventListener("scroll", edges);
    new ResizeObserver(edges).observe(line);
  }

  // The report that an element speaks of: the one it names, or the one that is asked.
  f.reportOf = (element) => {
    const named = element.closest("[data-report]")?.dataset.report ?? state.report;
    return named === byId("log").dataset.own ? "" : named;
  };

  f.places = { go, choose, read, apply, arrive, follow, arrange, select, now: () => state };
})();
