/* Nothing is lost: the questions of this conversation are kept in this browser (and only here), come back after a reload or in a new tab,
   can be saved to a file and opened again. The answers are not kept: the server answers the questions anew, so that what is shown as the
   report's words is. A message from somebody at risk is never kept. */
(() => {
  "use strict";
  const f = window.findings;
  const { byId, all, words, store } = f;
  const MOST = 60; // questions of one conversation
  const UNKEPT = ["signpost", "error"];
  let shown = []; // the questions whose answers stand in the conversation, [{ question, at }]; `at` in milliseconds, null where not known
  let coming = []; // those that are being brought back
  let before = []; // what Undo brings back
  let base = 0; // how many of `shown` stand in its place
  let recalled = 0; // how far back the arrow keys have gone
  let then = null; // what is done when the conversation is back
  const held = new Map(); // report -> its conversation while this page is open and asks another
  const place = (report = f.places.now().report) => (report ? "conversation." + report : "conversation");

  // Another tab may have added to what is kept: the question is put behind what is there now.
  function added(question, outcome) {
    const asked = { question, at: Date.now() };
    shown.push(asked);
    recalled = 0;
    if (!UNKEPT.includes(outcome)) { store.write(place(), [...kept(), asked].slice(-MOST)); }
    list();
  }

  // An answer that came when the page asked another report already: it stands there when that one is asked again.
  function missed(report, question, outcome) {
    const asked = { question, at: Date.now() };
    held.get(report)?.shown.push(asked);
    if (!UNKEPT.includes(outcome)) { store.write(place(report), [...kept(report), asked].slice(-MOST)); }
  }

  // From the conversation with one report to that with another.
  function change(from, to, done) {
    held.set(from, { shown, before, base });
    const was = held.get(to) || { shown: kept(to), before: [], base: 0 };
    shown = [];
    ({ before, base } = was);
    byId("undo").hidden = true;
    if (before.length) { offer(base); }
    byId("log").replaceChildren();
    f.say("");
    if (was.shown.length) { restore(was.shown, done); return; }
    f.asking.talking();
    list();
    done(true);
  }

  // What stands on the page is what is kept.
  function keep() {
    const outcomes = all("#log .turn").map((turn) => turn.dataset.outcome);
    store.write(place(), shown.filter((_, at) => !UNKEPT.includes(outcomes[at])));
  }

  // What this browser or a file holds, in the form of today: before 30 November 2026 a question was kept without its time.
  const read = (entries) => entries
    .map((one) => (typeof one === "string" ? { question: one, at: null } : { question: one?.question, at: Date.parse(one?.asked) || one?.at || null }))
    .filter((one) => typeof one.question === "string" && one.question.trim());
  const kept = (report) => read(store.read(place(report), []));

  function restore(entries, after) {
    then = after || null;
    coming = entries;
    byId("welcome")?.setAttribute("hidden", "");
    f.say(words("restoring"));
    f.send("restore", { shown: entries.map((one) => one.question) });
  }

  function restored(message) {
    const got = JSON.parse(message);
    const log = byId("log");
    const times = coming.slice(-got.questions.length);
    shown = got.questions.map((question, at) => ({ question, at: times[at]?.at ?? null }));
    log.setAttribute("aria-live", "off"); // what comes back is not news: one sentence says that it is there
    log.replaceChildren(...got.turns.map(f.fromServer));
    setTimeout(() => log.setAttribute("aria-live", "polite"), 500);
    all("#log .turn .who").forEach((who, at) => { if (shown[at].at && day(shown[at].at) !== words("today")) { who.textContent += ` · ${day(shown[at].at)}, ${time(shown[at].at)}`; } });
    if (!f.places.now().passage) { f.receivers.evidence(got.evidence); }
    f.asking.talking();
    f.notes.mark();
    list();
    f.say(shown.length ? words("restored", { count: shown.length }) : "");
    if (then) { then(true); then = null; }
  }

  function unrestored() {
    byId("welcome")?.removeAttribute("hidden");
    f.say(words("not_restored"));
    if (then) { then(false); then = null; }
  }

  // The question of this number (from 1) as the place where the reader stands; 0 is the start.
  function stand(number) {
    for (const turn of all("#log .turn.here")) { turn.classList.remove("here"); }
    const turn = all("#log .turn")[number - 1];
    if (!turn) { window.scrollTo(0, 0); return; }
    turn.classList.add("here");
    turn.querySelector(".asked").focus({ preventScroll: true });
    turn.scrollIntoView({ block: "start", behavior: "auto" });
  }

  const midnight = (at) => new Date(at).setHours(0, 0, 0, 0);
  const time = (at) => new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

  // The day as people say it.
  function day(at) {
    const ago = Math.round((midnight(Date.now()) - midnight(at)) / 86400000);
    if (ago === 0 || ago === 1) { return words(ago ? "yesterday" : "today"); }
    return new Date(at).toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric" });
  }

  // The questions under the days on which they were asked.
  function list() {
    const name = byId("asked-count");
    name.dataset.label ||= name.textContent;
    name.textContent = `${name.dataset.label} (${shown.length})`;
    const days = [];
    shown.forEach(({ question, at: when }, at) => {
      const named = when ? day(when) : words("undated");
      if (days.at(-1)?.dataset.day !== named) { days.push(f.element("ol", "", { start: at + 1, "data-day": named, "aria-label": named })); }
      const item = f.element("li");
      if (when) { item.append(f.element("time", time(when), { datetime: new Date(when).toISOString() }), " "); }
      item.append(
        f.button(question.slice(0, 300), { "data-stand": at + 1, class: "quiet jump" }),
        f.button(words("ask_again"), { "data-ask": question, "aria-label": words("ask_again_this", { question: question.slice(0, 80) }) }),
        f.button(words("edit"), { "data-edit": at, "aria-label": words("edit_this", { question: question.slice(0, 80) }) }),
      );
      days.at(-1).append(item);
    });
    byId("asked-list").replaceChildren(...days.flatMap((one) => [f.element("h3", one.dataset.day), one]));
  }

  function write(question) { // Gradio reads the box when it hears of an input
    const box = f.box();
    box.value = question;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.setSelectionRange(question.length, question.length);
    box.focus();
  }

  // Undo stays until it is used, something else is cleared, or the page is closed; what is asked meanwhile stays behind what comes back.
  function offer(count) {
    base = count;
    byId("undo").textContent = words("bring_back", { count: before.length });
    byId("undo").hidden = !before.length;
  }

  function clear() {
    before = shown;
    shown = [];
    offer(0);
    store.write(place(), []);
    byId("log").replaceChildren();
    f.places.go({ passage: null, turn: 0 });
    f.passage.settle();
    f.asking.talking();
    list();
    f.say(words("cleared"));
    byId("undo").focus();
  }

  function undo() {
    restore([...before, ...shown.slice(base)].slice(-MOST), (back) => { byId("undo").hidden = back; keep(); });
  }

  // ---- a file, read in this browser and sent nowhere else -------------------------------------------------------
  function toFile() {
    const questions = shown.map(({ question, at }) => ({ question, asked: at ? new Date(at).toISOString() : null }));
    const kept = { findings: "conversation", version: 2, saved: new Date().toISOString(), questions };
    f.papers.download(words("file_name") + ".json", "application/json", JSON.stringify(kept, null, 1));
    f.say(words("saved"));
  }

  async function fromFile(field) {
    let questions = null;
    try {
      const got = JSON.parse(await field.files[0].text());
      if (got.findings === "conversation" && Array.isArray(got.questions)) {
        questions = read(got.questions).slice(-MOST);
      }
    } catch { questions = null; }
    field.value = "";
    if (!questions?.length) { f.say(words("not_a_conversation")); return; }
    before = shown;
    restore(questions, () => { offer(shown.length); keep(); });
  }

  // Everything that this browser keeps of findings; asked twice, for it cannot be undone.
  // Signs out at once: the page that asks once more, for browsers without scripts, could not empty what this one keeps.
  async function leave(link) {
    try {
      const done = await fetch(link.href, { method: "POST" });
      if (!done.ok) { throw new Error(String(done.status)); }
      store.forget();
      location.assign(done.url);
    } catch { location.assign(link.href); }
  }

  function forget(button) {
    if (button.dataset.sure !== "yes") {
      button.dataset.sure = "yes";
      button.dataset.label = button.textContent;
      button.textContent = words("forget_sure");
      setTimeout(() => { button.dataset.sure = ""; button.textContent = button.dataset.label; }, 6000);
      return;
    }
    clear();
    before = [];
    held.clear();
    byId("undo").hidden = true;
    store.forget();
    f.notes.load();
    f.say(words("forgotten"));
  }

  f.onClick("#clear", clear);
  f.onClick("#undo", undo);
  // The list lies over the conversation: it is put away by what is chosen in it, by Escape, and by a click beside it.
  const fold = () => { document.querySelector(".asked-list").open = false; };
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.(".asked-list") || event.target.closest("#asked-list button")) { fold(); }
  });
  document.addEventListener("keydown", (event) => {
    const list = event.target.closest?.(".asked-list[open]");
    if (event.key === "Escape" && list) { fold(); byId("asked-count").focus(); }
  });

  f.onClick("[data-stand]", (button) => { f.places.go({ turn: Number(button.dataset.stand) }); stand(Number(button.dataset.stand)); });
  f.onClick("[data-edit]", (button) => write(shown[Number(button.dataset.edit)].question));
  f.onClick("[data-keep-file]", toFile);
  f.onClick("[data-forget]", forget);
  f.onClick("[data-leave]", leave);
  f.receivers.restored = restored;
  document.addEventListener("change", (event) => { if (event.target.id === "reopen") { fromFile(event.target); } });
  // Whoever signs out leaves nothing in this browser; elsewhere, a link, a button or a form marked data-sign-out does the same.
  for (const sort of ["click", "submit"]) {
    document.addEventListener(sort, (event) => { if (event.target.closest?.("[data-sign-out]")) { store.forget(); } }, true);
  }
  document.addEventListener("keydown", (event) => { // up and down go through what was asked, while the box holds nothing else
    if (event.target !== f.box() || !["ArrowUp", "ArrowDown"].includes(event.key) || !shown.length) { return; }
    const held = recalled ? shown[shown.length - recalled].question : "";
    if (event.target.value !== held) { return; }
    event.preventDefault();
    recalled = Math.min(shown.length, Math.max(0, recalled + (event.key === "ArrowUp" ? 1 : -1)));
    write(recalled ? shown[shown.length - recalled].question : "");
  });

  f.keeping = { added, missed, change, restore, stand, shown: () => shown.map((one) => one.question), kept };
  f.unrestored = unrestored;
})();
