/* Notes: answers, sentences or passages that the reader has collected, in the order wished. Kept in this browser; the server sees them only
   to make a file, and compares every quotation with the report once more. */
(() => {
  "use strict";
  const f = window.findings;
  const { byId, words, store } = f;
  let notes = []; // [{ heading, name, quotes: [{ passage, quote, label }] }]; `name` is what the reader calls it, where that differs

  const heading = (turn) => f.keeping.shown()[f.all("#log .turn").indexOf(turn)] || "";

  // What a note holds: the question that it was taken from, or the passage and how it begins.
  const begins = (quote) => { const some = quote.quote.split(" ").slice(0, 8).join(" "); return `${quote.label}: ${some}${some === quote.quote ? "" : " …"}`; };
  const named = (note) => note.name || note.heading;

  const same = (one, other) => one.passage === other.passage && one.quote === other.quote && (one.report || "") === (other.report || "");

  function add(note) {
    const last = notes.at(-1); // sentences of one answer, taken one after the other, stand together
    const joins = note.single && last?.single && last.heading === note.heading;
    notes = joins ? [...notes.slice(0, -1), { ...last, quotes: [...last.quotes, ...note.quotes] }] : [...notes, note];
    keep();
    f.say(words("noted", { count: notes.length }));
  }

  // What a button of a whole answer takes: all that the answer quotes.
  function answer(button) {
    const turn = button.closest(".turn");
    const key = (one) => `${f.reportOf(one)} ${one.dataset.passage}`;
    const labels = new Map(f.all("a[data-passage]:is([aria-label], [title])", turn).map((link) => [key(link), link.getAttribute("aria-label") || link.title]));
    const quotes = f.all(".said q[data-passage]", turn).map((q) => ({ passage: q.dataset.passage, report: f.reportOf(q), quote: q.textContent, label: labels.get(key(q)) || "" }));
    return { heading: heading(turn), quotes };
  }

  // What a button of one sentence or passage takes.
  function sentence(button) {
    const panel = button.closest(".evidence");
    const quote = button.dataset.quote || panel?.querySelector("#evidence-text > p:last-child")?.textContent || "";
    const label = panel ? byId("evidence-title").textContent : button.dataset.where;
    return { passage: button.dataset.note, report: f.reportOf(button), quote, label };
  }

  const wholes = (wanted) => notes.filter((note) => !note.single && note.heading === wanted.heading && same({ ...note.quotes[0], quote: "", passage: "" }, { ...wanted.quotes[0], quote: "", passage: "" }));
  const holds = (quote) => notes.some((note) => note.quotes.some((one) => same(one, quote)));

  function whole(button) {
    const held = wholes(answer(button));
    if (held.length) { out(notes.filter((note) => !held.includes(note))); } else { add(answer(button)); }
  }

  function one(button) {
    const quote = sentence(button);
    const turn = button.closest(".turn");
    if (!holds(quote)) { add({ heading: turn ? heading(turn) : begins(quote), quotes: [quote], single: true }); return; }
    out(notes.map((note) => ({ ...note, quotes: note.quotes.filter((other) => !same(other, quote)) })).filter((note) => note.quotes.length));
  }

  function out(left) {
    notes = left;
    keep();
    f.say(words("removed"));
  }

  function keep() {
    store.write("notes", notes);
    draw();
  }

  // Every button that takes something says whether it is in the notes, and then takes it out again.
  function mark() {
    for (const button of f.all("[data-note], [data-note-answer]")) {
      const taken = button.matches("[data-note]") ? holds(sentence(button)) : wholes(answer(button)).length > 0;
      button.dataset.label ||= button.textContent;
      button.dataset.name ||= button.getAttribute("aria-label") || "";
      const label = taken ? words("in_notes") : button.dataset.label;
      if (button.textContent !== label) { button.textContent = label; }
      if (button.dataset.name) { button.setAttribute("aria-label", taken ? `${label}: ${button.dataset.where}` : button.dataset.name); }
    }
  }

  function draw() {
    byId("no-notes").hidden = notes.length > 0;
    byId("notes-bar").hidden = notes.length === 0;
    const tab = byId("tab-notes");
    tab.dataset.label ||= tab.textContent;
    tab.textContent = tab.dataset.label + (notes.length ? ` (${notes.length})` : "");
    byId("note-list").replaceChildren(...notes.map((note, at) => {
      const item = f.element("li", "", { class: "note" });
      const quotes = f.element("ul", "", { class: "quotes" });
      quotes.append(...note.quotes.map((one) => {
        const line = f.element("li");
        const link = f.element("a", one.label, { class: "cite", href: "?" + new URLSearchParams({ ...(one.report && { report: one.report }), passage: one.passage }), "data-passage": one.passage, "data-report": one.report || byId("log").dataset.own, "data-quote": one.quote });
        line.append(f.element("q", one.quote), " ", link);
        return line;
      }));
      const tools = f.element("p", "", { class: "tools" });
      const label = (name) => ({ "aria-label": `${words(name)}: ${named(note).slice(0, 80)}` });
      if (at) { tools.append(f.button(words("up"), { "data-note-up": at, ...label("up") })); }
      if (at + 1 < notes.length) { tools.append(f.button(words("down"), { "data-note-up": at + 1, ...label("down") })); }
      tools.append(f.button(words("rename"), { "data-note-rename": at, ...label("rename") }));
      tools.append(f.button(words("remove"), { "data-note-remove": at, ...label("remove") }));
      item.append(f.element("h3", named(note)), quotes, tools);
      return item;
    }));
    mark();
  }

  // Moves a note up; "down" is the next one's "up".
  function up(at) {
    notes = [...notes.slice(0, at - 1), notes[at], notes[at - 1], ...notes.slice(at + 1)];
    keep();
    f.say(words("moved"), "notes-said");
    byId("note-list").children[at - 1].querySelector("button")?.focus();
  }

  // The heading becomes a box: Enter, or leaving it, keeps what was written; Escape does not.
  function rename(at) {
    const heading = byId("note-list").children[at].querySelector("h3");
    const box = f.element("input", "", { type: "text", maxlength: 300, "aria-label": words("rename_this") });
    box.value = named(notes[at]);
    const done = (name) => {
      if (!box.isConnected) { return; }
      notes = notes.map((note, place) => (place === at ? { ...note, name: name.trim() || note.heading } : note));
      keep();
      f.say(words("renamed"), "notes-said");
      byId("note-list").children[at].querySelector("[data-note-rename]").focus();
    };
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter") { event.preventDefault(); done(box.value); }
      if (event.key === "Escape") { event.preventDefault(); done(named(notes[at])); }
    });
    box.addEventListener("blur", () => done(box.value));
    heading.replaceChildren(box);
    box.focus();
    box.select();
  }

  let removed = null; // what the last press of "remove" took away, for one undo
  function remove(at) {
    removed = notes;
    notes = at === null ? [] : notes.filter((_, place) => place !== at);
    keep();
    byId("notes-said").replaceChildren(words("removed") + " ", f.button(words("undo"), { "data-note-undo": "yes" }));
    byId("notes-said").querySelector("button").focus();
  }

  function undo() {
    notes = removed || notes;
    keep();
    f.say("", "notes-said");
    byId("note-list").querySelector("button")?.focus();
  }

  f.onClick("[data-note-answer]", whole);
  f.onClick("[data-note-up]", (button) => up(Number(button.dataset.noteUp)));
  f.onClick("[data-note-remove]", (button) => remove(Number(button.dataset.noteRemove)));
  f.onClick("[data-note-undo]", undo);
  f.onClick("[data-note-rename]", (button) => rename(Number(button.dataset.noteRename)));
  f.onClick("[data-notes-clear]", () => remove(null));
  f.onClick("[data-notes]", (button) => f.papers.want("notes", { form: button.dataset.notes, notes: notes.map((note) => ({ ...note, heading: named(note) })) }, "notes-said"));
  f.onClick("[data-note]", one);

  f.notes = { mark, load: () => { notes = store.read("notes", []); draw(); } };
})();
