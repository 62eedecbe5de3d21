/* A word back on an answer (useful, wrong, missing something), where the council offers it. Kept in this browser only; the reader may save
   them as evaluation cases, one a line, and give that file to whoever looks after the assistant. */
(() => {
  "use strict";
  const f = window.findings;
  const { words, store } = f;

  function judge(button) {
    const turn = button.closest(".turn");
    const question = f.keeping.shown()[f.all("#log .turn").indexOf(turn)];
    const judged = store.read("judged", []).filter((one) => one.question !== question);
    const on = button.getAttribute("aria-pressed") !== "true";
    for (const other of f.all("[data-word]", turn)) { other.setAttribute("aria-pressed", other === button && on ? "true" : "false"); }
    const cited = [...new Set(f.all(".said q[data-passage]", turn).map((q) => q.dataset.passage))];
    if (on) { judged.push({ question, word: button.dataset.word, outcome: turn.dataset.outcome, cited }); }
    store.write("judged", judged);
    offer();
    f.say(words(on ? "judged" : "unjudged"));
  }

  // Only what was called useful says which passages are right; the rest waits for somebody who reads the report.
  function lines() {
    return store.read("judged", []).map((one, at) => {
      const useful = one.word === "useful" && one.outcome === "answered";
      const why = `a reader's word: ${one.word}; outcome ${one.outcome}; cited ${one.cited.join(", ") || "nothing"}`;
      return JSON.stringify({ id: `word-${at + 1}`, slice: "theme", split: "dev", question: one.question, answerable: useful, gold: useful ? one.cited : [], why });
    }).join("\n") + "\n";
  }

  function offer() { for (const button of f.all("[data-words-file]")) { button.hidden = store.read("judged", []).length === 0; } }

  f.onClick("[data-word]", judge);
  f.onClick("[data-words-file]", () => { f.papers.download(words("words_file") + ".jsonl", "application/jsonl", lines()); f.say(words("saved")); });
  f.wordsBack = { offer };
})();
