/* The page's script: sends what people do as events, puts what comes back where it belongs, and looks after focus,
   the tabs, permalinks, search within the report, copying and downloads. It builds no HTML from anything typed: a
   question is written with textContent, everything else comes escaped from the server. Nothing is stored. */
window.findings = (() => {
  "use strict";
  const WAIT = 30000; // milliseconds without an answer, beyond what a language model may take, after which the page says so
  const wide = window.matchMedia("(min-width: 64rem)");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const byId = (id) => document.getElementById(id);
  const all = (selector, within) => [...(within || document).querySelectorAll(selector)];
  let send = null; // set when Gradio has loaded the page
  let pending = null; // the question that waits for its answer
  let timer = 0;
  let opener = null; // what was focused when the panel was opened
  let awaited = false; // whether the next panel was asked for, or comes along with an answer

  // ---- light and dark: the system's choice, or ?__theme= as Gradio has it --------------------------------------
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const chosen = new URLSearchParams(location.search).get("__theme");
  const shade = () => {
    document.documentElement.dataset.theme = chosen === "dark" || chosen === "light" ? chosen : dark.matches ? "dark" : "light";
  };
  shade();
  dark.addEventListener("change", shade);

  // ---- asking --------------------------------------------------------------------------------------------------
  const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
  const words = (name) => byId("log").dataset[camel(name)] || "";
  const say = (message) => { const place = byId("said"); if (place) { place.textContent = message; } };
  const box = () => document.querySelector("#question textarea, #question input");

  function submit(question) {
    if (pending !== null) { return question; } // one at a time: what was typed stays in the box
    if (!question.trim()) { box().focus(); return question; }
    ask(question);
    return "";
  }

  function ask(question) {
    if (pending !== null || !send) { return; }
    select("chat", false);
    pending = question;
    wait(question);
    say("");
    send("ask", { question, shown: all("#log .turn").length });
    clearTimeout(timer);
    timer = setTimeout(failed, WAIT + 1000 * (Number(words("seconds")) || 0));
  }

  function wait(question) {
    const place = byId("pending");
    const asked = document.createElement("p");
    asked.className = "asked";
    const who = document.createElement("span");
    who.className = "who";
    who.textContent = words("asked") + " ";
    asked.append(who, question.length > 300 ? question.slice(0, 300) + " …" : question);
    const looking = document.createElement("p");
    looking.className = "looking";
    looking.textContent = words("pending");
    place.replaceChildren(asked, looking);
    place.hidden = false;
    byId("welcome")?.setAttribute("hidden", "");
    place.scrollIntoView({ block: "end", behavior: calm.matches ? "auto" : "smooth" });
  }

  function failed() {
    clearTimeout(timer);
    if (pending === null) { say(words("failed")); return; }
    const question = pending;
    pending = null;
    const place = byId("pending");
    const message = document.createElement("p");
    message.className = "notice";
    message.setAttribute("role", "alert");
    message.textContent = words("failed") + " ";
    const again = document.createElement("button");
    again.type = "button";
    again.className = "ask";
    again.dataset.ask = question;
    again.textContent = words("again");
    message.append(again);
    place.querySelector(".looking")?.replaceWith(message);
  }

  function answered(html) {
    clearTimeout(timer);
    const lost = !document.activeElement || document.activeElement === document.body || !document.activeElement.isConnected;
    pending = null;
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const turn = holder.content.firstElementChild;
    byId("pending").hidden = true;
    byId("pending").replaceChildren();
    byId("welcome")?.setAttribute("hidden", "");
    byId("conversation-bar").hidden = false;
    byId("log").append(turn);
    document.documentElement.dataset.talking = "yes"; // the head has scrolled away: its line on dates stays by the box
    if (lost || document.activeElement.closest(".welcome, .next, .turn")) {
      turn.querySelector(".asked").focus({ preventScroll: true });
    }
    turn.scrollIntoView({ block: "start", behavior: calm.matches ? "auto" : "smooth" });
  }

  function clear() {
    send("clear", {});
    byId("log").replaceChildren();
    delete document.documentElement.dataset.talking;
    byId("conversation-bar").hidden = true;
    byId("welcome")?.removeAttribute("hidden");
    say(words("cleared"));
    box().focus();
    history.replaceState(null, "", location.pathname);
  }

  // ---- the evidence panel --------------------------------------------------------------------------------------
  function open(link) {
    const turn = link.closest(".turn");
    const passage = link.dataset.passage;
    const quotes = turn ? all("q[data-passage]", turn).filter((q) => q.dataset.passage === passage).map((q) => q.textContent) : [];
    if (link.dataset.quote) { quotes.push(link.dataset.quote); }
    let also = [];
    try { also = JSON.parse(link.dataset.also || "[]"); } catch { also = []; }
    if (!link.closest(".evidence")) { opener = link; }
    show(passage, quotes, also);
  }

  function show(passage, quotes = [], also = []) {
    awaited = true;
    select("chat", false);
    send("open", { passage, quotes, also });
  }

  function evidence(html) {
    const slot = byId("evidence-slot");
    const asked = awaited;
    awaited = false;
    slot.innerHTML = html;
    if (!asked) { return; }
    slot.querySelector("mark")?.scrollIntoView({ block: "nearest" });
    if (!wide.matches) { cover(true); }
    byId("evidence-title").focus({ preventScroll: wide.matches });
    slot.querySelector(".evidence").scrollTop = 0;
  }

  // On a narrow page the panel covers the rest, which then takes no part until it is closed.
  function cover(on) {
    document.documentElement.classList.toggle("covered", on);
    for (const one of [document.querySelector(".masthead"), document.querySelector(".tabs"), document.querySelector(".foot"), byId("talk")]) {
      if (one) { one.inert = on; }
    }
  }

  function close() {
    cover(false);
    const back = opener && opener.isConnected ? opener : box();
    opener = null;
    back.focus({ preventScroll: true });
    back.scrollIntoView({ block: "nearest" });
  }

  // ---- tabs ----------------------------------------------------------------------------------------------------
  function select(name, focus) {
    const tabs = all('[role="tab"]');
    if (!tabs.some((tab) => tab.dataset.tab === name)) { return; }
    for (const tab of tabs) {
      const on = tab.dataset.tab === name;
      tab.setAttribute("aria-selected", on ? "true" : "false");
      tab.tabIndex = on ? 0 : -1;
      if (on && focus) { tab.focus(); }
      const part = byId("part-" + tab.dataset.tab);
      if (part) { part.classList.toggle("shown", on); }
    }
    document.documentElement.dataset.part = name;
    if (name !== "chat") { cover(false); }
  }

  function arrange() {
    for (const tab of all('[role="tab"]')) {
      const part = byId("part-" + tab.dataset.tab);
      part.setAttribute("role", "tabpanel");
      part.setAttribute("aria-labelledby", tab.id);
      tab.setAttribute("aria-controls", part.id);
    }
  }

  function walk(event) {
    const tabs = all('[role="tab"]');
    const at = tabs.indexOf(event.target);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (at < 0 || to === undefined) { return; }
    event.preventDefault();
    select(tabs[(to + tabs.length) % tabs.length].dataset.tab, true);
  }

  // ---- the report ----------------------------------------------------------------------------------------------
  let found = [];
  let current = -1;

  function go(id) {
    const place = byId(id);
    if (!place) { return false; }
    select("report", false);
    place.focus({ preventScroll: true });
    place.scrollIntoView({ block: "start", behavior: "auto" });
    return true;
  }

  function report(message, values) {
    const place = byId("report-found");
    let text = message ? place.dataset[camel(message)] : "";
    for (const [name, value] of Object.entries(values || {})) { text = text.replace("{" + name + "}", value); }
    place.textContent = text;
  }

  function unmark() {
    for (const mark of all("#report-text mark")) {
      const parent = mark.parentNode;
      mark.replaceWith(...mark.childNodes);
      parent.normalize();
    }
    found = [];
    current = -1;
  }

  function search(wanted) {
    unmark();
    const needle = wanted.trim().toLowerCase().replaceAll("’", "'");
    if (!needle) { report(""); steps(); return; }
    const walker = document.createTreeWalker(byId("report-text"), NodeFilter.SHOW_TEXT);
    const nodes = [];
    while (walker.nextNode()) { nodes.push(walker.currentNode); }
    for (let node of nodes) {
      let at = node.data.toLowerCase().replaceAll("’", "'").indexOf(needle);
      while (at >= 0) {
        const hit = node.splitText(at);
        node = hit.splitText(needle.length);
        const mark = document.createElement("mark");
        hit.replaceWith(mark);
        mark.append(hit);
        found.push(mark);
        at = node.data.toLowerCase().replaceAll("’", "'").indexOf(needle);
      }
    }
    steps();
    if (found.length) { step(1); } else { report("no_hits"); }
  }

  function steps() { for (const button of all("[data-step]")) { button.disabled = found.length < 2; } }

  function step(by) {
    if (!found.length) { return; }
    found[current]?.classList.remove("current");
    current = (current + by + found.length) % found.length;
    found[current].classList.add("current");
    found[current].scrollIntoView({ block: "center", behavior: "auto" });
    report("hits", { at: current + 1, count: found.length });
  }

  function jump() {
    const sort = byId("report-sort").value;
    const number = byId("report-place").value.trim();
    if (!number) { byId("report-place").focus(); return; }
    const id = sort === "page" ? "page-" + number : "passage-" + number;
    if (go(id)) { report(""); return; }
    const name = byId("report-sort").selectedOptions[0].textContent.toLowerCase();
    report("no_place", { sort: name, number: number.slice(0, 20) });
  }

  // ---- copying and saving --------------------------------------------------------------------------------------
  async function copy(button) {
    const text = button.dataset.copy;
    let done = true;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      area.className = "unseen";
      document.body.append(area);
      area.select();
      done = document.execCommand("copy");
      area.remove();
      button.focus();
    }
    const before = button.dataset.label || button.textContent;
    button.dataset.label = before;
    button.textContent = done ? words("copied") : words("not_copied");
    say(button.textContent);
    setTimeout(() => { button.textContent = before; }, 2500);
  }

  function save(form) {
    say(words("saving"));
    send("save", { form });
  }

  function saved(message) {
    const file = JSON.parse(message);
    if (!file.content) { say(words("not_saved")); return; }
    const bytes = Uint8Array.from(atob(file.content), (c) => c.charCodeAt(0));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([bytes], { type: file.type }));
    link.download = file.name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    say(words("saved"));
  }

  function parts(message) {
    for (const [name, html] of Object.entries(JSON.parse(message))) {
      const slot = byId(name + "-slot");
      if (slot) { slot.innerHTML = html; }
    }
  }

  // ---- briefings -----------------------------------------------------------------------------------------------
  let briefed = { topic: "", length: "" }; // what the preview shows: the files are of that, not of what was typed since
  const tell = (name) => { const place = byId("brief-said"); if (place) { place.textContent = name ? place.dataset[name] : ""; } };

  function brief() {
    const topic = byId("brief-topic").value.trim();
    if (!topic || !send) { byId("brief-topic").focus(); return; }
    briefed = { topic, length: byId("brief-length").value };
    tell("pending");
    send("brief", briefed);
  }

  function preview(message) {
    const got = JSON.parse(message);
    byId("brief-preview").innerHTML = got.html;
    byId("brief-bar").hidden = !got.made;
    tell(got.made ? "made" : "");
  }

  // ---- permalinks ----------------------------------------------------------------------------------------------
  function follow(query) {
    const wanted = new URLSearchParams(query);
    if (wanted.get("tab")) { select(wanted.get("tab"), false); }
    if (wanted.get("page")) { go("page-" + wanted.get("page")) || show("page " + wanted.get("page")); }
    const passage = wanted.get("para") || wanted.get("passage");
    if (passage) { show(passage.slice(0, 40)); }
    if (wanted.get("q")) { ask(wanted.get("q").slice(0, 4001)); }
  }

  // ---- what people do ------------------------------------------------------------------------------------------
  const plain = (event) => event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;

  function clicked(event) {
    if (!(event.target instanceof Element) || !plain(event)) { return; }
    const target = event.target.closest("a, button");
    if (!target || !send) { return; }
    const data = target.dataset;
    const does = data.tab ? () => select(data.tab, true)
      : data.ask ? () => ask(data.ask)
      : data.read ? () => go("passage-" + data.read)
      : data.passage ? () => open(target)
      : data.page ? () => go("page-" + data.page)
      : data.copy ? () => copy(target)
      : data.brief ? () => send("brieffile", { ...briefed, form: data.brief })
      : data.save ? () => save(data.save)
      : data.step ? () => step(Number(data.step))
      : target.id === "clear" ? clear
      : target.classList.contains("close") ? close
      : target.classList.contains("skip") ? () => { byId("parts").tabIndex = -1; byId("parts").focus(); }
      : (target.getAttribute("href") || "").startsWith("#") ? () => go(target.getAttribute("href").slice(1))
      : null;
    if (does) { event.preventDefault(); does(); }
  }

  document.addEventListener("click", clicked);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.activeElement?.closest(".evidence")) { close(); }
    if (event.target instanceof Element && event.target.getAttribute("role") === "tab") { walk(event); }
  });
  document.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.target.id === "report-find") {
      const same = found.length && byId("report-search").value === byId("report-find").dataset.last;
      byId("report-find").dataset.last = byId("report-search").value;
      if (same) { step(1); } else { search(byId("report-search").value); }
    }
    if (event.target.id === "brief-form") { brief(); }
    if (event.target.id === "report-jump") { jump(); }
  });
  wide.addEventListener("change", () => { if (wide.matches) { cover(false); } });

  const receivers = { turn: answered, evidence, saved, parts, briefed: preview };

  return {
    submit,
    failed,
    unbriefed: () => tell("failed"),
    receive: (outlet, value) => { if (value) { receivers[outlet](value); } },
    wire: (trigger) => {
      const ready = () => {
        if (!byId("log") || !byId("part-glance") || !box()) { setTimeout(ready, 30); return; }
        send = trigger;
        arrange();
        select("chat", false);
        document.documentElement.dataset.ready = "yes";
        follow(location.search);
      };
      ready();
    },
  };
})();
