/* Which report is asked, where several are on the shelf: the chooser at the head, its entry in the browser's history, and what follows it (the
   tabs, the conversation, what the page says of the report). A conversation belongs to the report that it asks. */
(() => {
  "use strict";
  const f = window.findings;
  const { byId, words } = f;
  const ALL = "all";
  let coming = null; // what is done when the report chosen is on the page
  let shown = ""; // the report that is on the page

  const own = () => byId("log").dataset.own;
  const names = () => [...byId("report-asked").options].map((one) => one.value).filter((one) => one !== ALL);
  const knows = (asked) => asked === "" || asked === ALL || asked.split(" ").every((name) => names().includes(name));
  const plain = (asked) => (asked.trim() === own() ? "" : asked.trim().replace(/\s+/g, " "));

  // The two lists as the page asks: nothing beside all, and no report beside itself.
  function draw(asked) {
    const [first, second] = asked === ALL ? [ALL] : (asked || own()).split(" ");
    byId("report-asked").value = first;
    byId("report-beside").value = second || "";
    byId("report-beside").disabled = first === ALL;
    for (const option of byId("report-beside").options) { option.hidden = option.disabled = option.value === first; }
  }

  function picked() {
    const first = byId("report-asked").value, second = byId("report-beside").value;
    choose(first === ALL || !second || second === first ? first : `${first} ${second}`);
  }

  function choose(asked, then) {
    if (f.asking.waits()) { draw(shown); f.say(words("wait_report")); return; }
    if (plain(asked) === (coming?.asked ?? shown)) { draw(shown); if (then) { then(); } return; }
    f.places.go({ report: plain(asked), passage: null, at: null, brief: null, turn: 0 });
    show(plain(asked), then);
  }

  // Puts a report onto the page; its entry in the history is there already.
  function show(asked, then) {
    coming = { asked, then };
    draw(asked);
    f.send("choose", { report: asked });
  }

  function text(selector, words) { const place = document.querySelector(selector); if (place) { place.textContent = words || ""; } }

  // Whether a message is of the report that was chosen last; then the page follows it.
  function received(got) {
    if (!coming || got.asked !== coming.asked) { return false; }
    const { asked, then } = coming;
    coming = null;
    if (got.fault) { f.notice(got.fault); }
    else {
      document.title = got.title;
      text(".masthead .about", got.about);
      text(".masthead .standing", got.dates);
      text("#standing p.standing", got.standing);
      text(".foot .licence", got.licence);
      byId("welcome")?.replaceWith(f.fromServer(got.welcome));
      for (const one of f.all(".contents details")) { one.open = f.wide.matches; }
      byId("evidence-slot").innerHTML = got.evidence;
    }
    const before = shown;
    shown = asked;
    f.keeping.change(before, asked, () => {
      if (!f.places.now().passage) { f.passage.settle(); }
      if (then) { then(); }
    });
    return true;
  }

  f.onClick("[data-choose]", (button) => choose(button.dataset.choose));
  document.addEventListener("change", (event) => { if (event.target.closest?.("#chooser")) { picked(); } });

  f.reports = { choose, show, shown: () => shown, knows, plain, received };
})();
