/* Notes: answers, sentences or passages that the reader has collected, in the order wished. Kept in this browser; the server sees them only
   to make a file, and compares every quotation with the report once more. */
(() => {
  "use strict";
  const f = window.findings;
  const { byId, words, store } = f;
  let notes = []; // [{ heading, quotes: [{ passage, quote, label }] }]

  const heading = (turn) => f.keeping.shown()[f.all("#log .turn").indexOf(turn)] || "";

  function add(note, button) {
    const last = notes.at(-1); // sentences of one answer, taken one after the other, stand together
    if (note.single && last?.single && last.heading === note.heading) {
      if (!last.quotes.some((one) => one.quote === note.quotes[0].quote)) { last.quotes.push(...note.quotes); }
    } else { notes.push(note); }
    keep();
    button.classList.add("taken");
    f.say(words("noted", { count: notes.length }));
    if (!button.classList.contains("take")) {
      const before = button.dataset.label || button.textContent;
      button.dataset.label = before;
      button.textContent = words("noted", { count: notes.length });
      setTimeout(() => { button.textContent = before; }, 2500);
    }
  }

  function whole(button) {
    const turn = button.closest(".turn");
    const labels = new Map(f.all("a[data-passage][aria-label]", turn).map((link) => [link.dataset.passage, link.getAttribute("aria-label")]));
    const quotes = f.all(".said q[data-passage]", turn).map((q) => ({ passage: q.dataset.passage, quote: q.textContent, label: labels.get(q.dataset.passage) || "" }));
    add({ heading: heading(turn), quotes }, button);
  }

  function one(button) {
    const turn = button.closest(".turn");
    const panel = button.closest(".evidence");
    const marked = panel ? f.all("mark", panel).map((mark) => mark.textContent).join(" ") : "";
    const text = button.dataset.quote || panel?.querySelector("#evidence-text > p:last-child")?.textContent || marked;
    const label = panel ? byId("evidence-title").textContent : (button.getAttribute("aria-label") || "").split(": ").at(-1);
    const quote = { passage: button.dataset.note, quote: text, label };
    add({ heading: turn ? heading(turn) : label, quotes: [quote], single: true }, button);
  }

  function keep() {
    store.write("notes", notes);
    draw();
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
        const link = f.element("a", one.label, { class: "cite", href: "?passage=" + encodeURIComponent(one.passage), "data-passage": one.passage, "data-quote": one.quote });
        line.append(f.element("q", one.quote), " ", link);
        return line;
      }));
      const tools = f.element("p", "", { class: "tools" });
      const named = (name) => ({ "aria-label": `${words(name)}: ${note.heading.slice(0, 80)}` });
      if (at) { tools.append(f.button(words("up"), { "data-note-up": at, ...named("up") })); }
      if (at + 1 < notes.length) { tools.append(f.button(words("down"), { "data-note-up": at + 1, ...named("down") })); }
      tools.append(f.button(words("remove"), { "data-note-remove": at, ...named("remove") }));
      item.append(f.element("h3", note.heading), quotes, tools);
      return item;
    }));
  }

  // Moves a note up; "down" is the next one's "up".
  function up(at) {
    [notes[at - 1], notes[at]] = [notes[at], notes[at - 1]];
    keep();
    f.say(words("moved"), "notes-said");
    byId("note-list").children[at - 1].querySelector("button")?.focus();
  }

  let removed = null; // what the last press of "remove" took away, for one undo
  function remove(at) {
    removed = [...notes];
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
  f.onClick("[data-notes-clear]", () => remove(null));
  f.onClick("[data-notes]", (button) => f.papers.want("notes", { form: button.dataset.notes, notes }, "notes-said"));
  f.onClick("[data-note]", one);

  f.notes = { load: () => { notes = store.read("notes", []); draw(); } };
})();
