/* Search in the report: several words, "a phrase in quotes", and what else a word is called (CAMHS). Runs in the browser, over the text of
   the Report tab; the search in the passage panel lists passages from the same text. */
(() => {
  "use strict";
  const f = window.findings;
  const { byId, all } = f;
  const SMALL = new Set("a an and are as at by for from in is of on or the to was were with".split(" ")); // asked beside others: not looked for
  const ENDINGS = "(?:s|es|'s|s'|d|ed|ing)?";
  let found = [];
  let current = -1;
  let summary = {};

  const folded = (text) => text.toLowerCase().replaceAll("’", "'");
  const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+");
  const whole = (text) => "(?<![\\w-])" + escaped(text.replace(/(?<=\w{3})s$/, "")) + ENDINGS + "(?![\\w-])";

  // What is looked for: groups that must all stand in a passage; each is a list of patterns, one of which must.
  function groups(query) {
    let rest = folded(query);
    const wanted = [];
    rest = rest.replace(/"([^"]+)"/g, (_, phrase) => { wanted.push({ said: phrase, patterns: [escaped(phrase.trim())] }); return " "; });
    for (const [report, ...also] of forms()) {
      const named = [report, ...also].filter((term) => term.length > 2).find((term) => new RegExp(whole(folded(term)), "u").test(rest));
      if (named === undefined) { continue; }
      wanted.push({ said: report, patterns: [...new Set([report, named].map((term) => whole(folded(term))))] });
      rest = rest.replace(new RegExp(whole(folded(named)), "gu"), " ");
    }
    const left = rest.split(/[^\p{L}\p{N}'-]+/u).filter(Boolean);
    const telling = left.filter((word) => !SMALL.has(word));
    for (const word of telling.length || wanted.length ? telling : left) { wanted.push({ said: word, patterns: [whole(word)] }); }
    return wanted;
  }

  let known = null;
  function forms() { // longest first, so that "mental health services" is not read as "mental health"
    known ??= JSON.parse(byId("report-find")?.dataset.forms || "[]").sort((a, b) => b[0].length - a[0].length);
    return known;
  }

  // The passages that hold the words as a phrase; where none does, those that hold them all; and how often each stands in the report.
  function matches(query) {
    const passages = all("#report-text .passage").map((place) => ({ place, text: folded(place.textContent) }));
    const phrase = folded(query).trim();
    const plain = !phrase.includes('"') && /\s/.test(phrase) ? new RegExp(escaped(phrase), "u") : null;
    const named = groups(query);
    if (plain && named.length !== 1) {
      const inside = passages.filter((one) => plain.test(one.text));
      if (inside.length) { return { places: inside.map((one) => one.place), pattern: plain.source, words: [], together: true }; }
    }
    const tests = named.map((group) => new RegExp(group.patterns.join("|"), "gu"));
    const counts = tests.map((test) => passages.reduce((sum, one) => sum + (one.text.match(test) || []).length, 0));
    const holds = (one) => tests.map((test) => (one.text.match(test) || []).length > 0);
    let inside = tests.length ? passages.filter((one) => holds(one).every(Boolean)) : [];
    const together = inside.length > 0 || tests.length < 2;
    if (!together) { inside = passages.filter((one) => holds(one).some(Boolean)); }
    const words = named.map((group, at) => `${group.said}: ${counts[at]}`);
    return { places: inside.map((one) => one.place), pattern: named.flatMap((g) => g.patterns).join("|"), words, together };
  }

  function report(message, values) {
    const place = byId("report-found");
    let text = message ? place.dataset[message.replace(/_(.)/g, (_, letter) => letter.toUpperCase())] : "";
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

  function mark(place, pattern) {
    const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
    const nodes = [];
    while (walker.nextNode()) { nodes.push(walker.currentNode); }
    for (let node of nodes) {
      for (;;) {
        const hit = new RegExp(pattern, "u").exec(folded(node.data));
        if (!hit || !hit[0]) { break; }
        const middle = node.splitText(hit.index);
        node = middle.splitText(hit[0].length);
        const made = document.createElement("mark");
        middle.replaceWith(made);
        made.append(middle);
        found.push(made);
      }
    }
  }

  function search(query) {
    unmark();
    if (!query.trim()) { report(""); steps(); return; }
    const got = matches(query);
    for (const place of got.places) { mark(place, got.pattern); }
    steps();
    if (!found.length) { report("no_hits"); return; }
    const words = got.words.length ? ` (${got.words.join("; ")})` : "";
    summary = { count: found.length, passages: got.places.length, words: (got.together ? "" : " " + byId("report-found").dataset.notTogether) + words };
    step(1);
  }

  function steps() { for (const button of all("[data-step]")) { button.disabled = found.length < 2; } }

  function step(by) {
    if (!found.length) { return; }
    found[current]?.classList.remove("current");
    current = (current + by + found.length) % found.length;
    found[current].classList.add("current");
    found[current].scrollIntoView({ block: "center", behavior: "auto" });
    report("hits", { at: current + 1, ...summary });
  }

  function jump() {
    const sort = byId("report-sort").value;
    const number = byId("report-place").value.trim();
    if (!number) { byId("report-place").focus(); return; }
    if (f.places.read(sort === "page" ? "page-" + number : "passage-" + number)) { report(""); return; }
    const name = byId("report-sort").selectedOptions[0].textContent.toLowerCase();
    report("no_place", { sort: name, number: number.slice(0, 20) });
  }

  // The search in the passage panel: a list to read on from, without leaving the place.
  function beside() {
    const query = byId("panel-search").value;
    if (!query.trim()) { byId("panel-search").focus(); return; }
    const got = matches(query);
    f.say(got.places.length ? f.words("panel_hits", { count: got.places.length }) : byId("report-found").dataset.noHits, "panel-found");
    byId("panel-hits").replaceChildren(...got.places.slice(0, 40).map((place) => {
      const text = place.textContent.trim().replace(/^\d+\s/, "");
      const hit = Math.max(0, folded(text).search(new RegExp(got.pattern, "u")));
      const at = hit > 60 ? text.indexOf(" ", hit - 60) + 1 : 0;
      const item = f.element("li");
      const attributes = { class: "cite", href: place.dataset.where, "data-passage": place.id.slice(8) };
      item.append(f.element("a", place.dataset.label, attributes), ` ${at ? "… " : ""}${text.slice(at, at + 140)} …`);
      return item;
    }));
  }

  f.submits["report-find"] = (form) => {
    const wanted = byId("report-search").value;
    const same = found.length && wanted === form.dataset.last;
    form.dataset.last = wanted;
    if (same) { step(1); } else { search(wanted); }
  };
  f.submits["report-jump"] = jump;
  f.submits["panel-find"] = beside;
  f.onClick("[data-step]", (button) => step(Number(button.dataset.step)));
})();
