/* Nothing is lost: the questions of this conversation are kept in this browser (and only here), come back after a reload or in a new tab,
   can be saved to a file and opened again. The answers are not kept: the server answers the questions anew, so that what is shown as the
   report's words is. A message from somebody at risk is never kept. */
(() => {
  "use strict";
  const f = window.findings;
  const { byId, all, words, store } = f;
  const MOST = 60; // questions of one conversation
  const UNKEPT = ["signpost", "error"];
  let shown = []; // the questions whose answers stand in the conversation
  let before = []; // what Undo brings back
  let recalled = 0; // how far back the arrow keys have gone
  let then = null; // what is done when the conversation is back

  // Another tab may have added to what is kept: the question is put behind what is there now.
  function added(question, outcome) {
    shown.push(question);
    recalled = 0;
    if (!UNKEPT.includes(outcome)) { store.write("conversation", [...store.read("conversation", []), question].slice(-MOST)); }
    list();
  }

  function restore(questions, after) {
    then = after || null;
    byId("welcome")?.setAttribute("hidden", "");
    f.say(words("restoring"));
    f.send("restore", { shown: questions });
  }

  function restored(message) {
    const got = JSON.parse(message);
    const log = byId("log");
    shown = got.questions;
    log.setAttribute("aria-live", "off"); // what comes back is not news: one sentence says that it is there
    log.replaceChildren(...got.turns.map(f.fromServer));
    setTimeout(() => log.setAttribute("aria-live", "polite"), 500);
    if (!f.places.now().passage) { f.receivers.evidence(got.evidence); }
    f.asking.talking();
    f.notes.mark();
    list();
    f.say(shown.length ? words("restored", { count: shown.length }) : "");
    if (then) { then(); then = null; }
  }

  function unrestored() {
    byId("welcome")?.removeAttribute("hidden");
    f.say(words("not_restored"));
    if (then) { then(); then = null; }
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

  function list() {
    const name = byId("asked-count");
    name.dataset.label ||= name.textContent;
    name.textContent = `${name.dataset.label} (${shown.length})`;
    byId("asked-list").replaceChildren(...shown.map((question, at) => {
      const item = f.element("li");
      item.append(
        f.button(question.slice(0, 300), { "data-stand": at + 1, class: "quiet jump" }),
        f.button(words("ask_again"), { "data-ask": question, "aria-label": words("ask_again_this", { question: question.slice(0, 80) }) }),
        f.button(words("edit"), { "data-edit": at, "aria-label": words("edit_this", { question: question.slice(0, 80) }) }),
      );
      return item;
    }));
  }

  function write(question) { // Gradio reads the box when it hears of an input
    const box = f.box();
    box.value = question;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.setSelectionRange(question.length, question.length);
    box.focus();
  }

  function clear() {
    before = shown;
    shown = [];
    store.write("conversation", []);
    byId("log").replaceChildren();
    f.places.go({ passage: null, turn: 0 });
    f.passage.settle();
    f.asking.talking();
    f.say(words("cleared"));
    byId("undo").hidden = false;
    byId("undo").focus();
  }

  function undo() {
    byId("undo").hidden = true;
    store.write("conversation", before);
    restore(before);
  }

  // ---- a file, read in this browser and sent nowhere else -------------------------------------------------------
  function toFile() {
    const kept = { findings: "conversation", version: 1, saved: new Date().toISOString(), questions: shown };
    f.papers.download(words("file_name") + ".json", "application/json", JSON.stringify(kept, null, 1));
    f.say(words("saved"));
  }

  async function fromFile(field) {
    let questions = null;
    try {
      const got = JSON.parse(await field.files[0].text());
      if (got.findings === "conversation" && Array.isArray(got.questions)) {
        questions = got.questions.filter((one) => typeof one === "string" && one.trim()).slice(-MOST);
      }
    } catch { questions = null; }
    field.value = "";
    if (!questions?.length) { f.say(words("not_a_conversation")); return; }
    before = shown;
    store.write("conversation", questions);
    restore(questions, () => { byId("undo").hidden = !before.length; });
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
  f.onClick("[data-edit]", (button) => write(shown[Number(button.dataset.edit)]));
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
    const held = recalled ? shown[shown.length - recalled] : "";
    if (event.target.value !== held) { return; }
    event.preventDefault();
    recalled = Math.min(shown.length, Math.max(0, recalled + (event.key === "ArrowUp" ? 1 : -1)));
    write(recalled ? shown[shown.length - recalled] : "");
  });

  f.keeping = { added, restore, stand, shown: () => [...shown], kept: () => store.read("conversation", []) };
  f.unrestored = unrestored;
})();
