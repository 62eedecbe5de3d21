/* Asking: sends a question, shows that it is being looked up, puts the answer into the conversation, and says at once when the server is
   gone instead of waiting for an answer that cannot come. */
(() => {
  "use strict";
  const f = window.findings;
  const { byId, all, words } = f;
  const WAIT = 30000; // milliseconds without an answer, beyond what a language model may take, after which the page says so
  const LOOK = 1500; // milliseconds between two looks whether the server is there while a question waits
  let pending = null; // the question that waits for its answer
  let of = ""; // the report that it was put to
  let queue = []; // questions of a link that are asked one after the other
  let timer = 0;
  let looking = 0;
  const moving = () => (f.calm.matches ? "auto" : "smooth");

  function submit(question) {
    if (pending !== null) { return question; } // one at a time: what was typed stays in the box
    if (!question.trim()) { f.box().focus(); return question; }
    ask(question);
    return "";
  }

  function ask(question) {
    if (pending !== null || !f.send) { return; }
    f.places.select("chat", false);
    pending = question;
    of = f.places.now().report;
    wait(question);
    f.say("");
    f.send("ask", { question, shown: f.keeping.shown() });
    clearTimeout(timer);
    timer = setTimeout(failed, WAIT + 1000 * (Number(byId("log").dataset.seconds) || 0));
    look();
  }

  // Any reply at all means that the server is there; a connection that is refused means that it is not.
  function look() {
    clearTimeout(looking);
    looking = setTimeout(async () => {
      if (pending === null) { return; }
      try {
        await fetch("robots.txt", { cache: "no-store" });
        look();
      } catch { failed(); }
    }, LOOK);
  }

  // The links of an address: a question that stands in the conversation already is shown, any other asked, after those before it.
  function link(questions) {
    const at = f.keeping.shown().lastIndexOf(questions.at(-1));
    if (at >= 0) { f.keeping.stand(at + 1); return; }
    queue = questions.slice(1);
    ask(questions[0]);
  }

  function wait(question) {
    const place = byId("pending");
    const asked = f.element("p", "", { class: "asked" });
    asked.append(f.element("span", words("asked") + " ", { class: "who" }), question.length > 300 ? question.slice(0, 300) + " …" : question);
    place.replaceChildren(asked, f.element("p", words("pending"), { class: "looking" }));
    place.hidden = false;
    byId("welcome")?.setAttribute("hidden", "");
    place.scrollIntoView({ block: "end", behavior: moving() });
  }

  function failed() {
    clearTimeout(timer);
    if (pending === null) { f.say(words("failed")); return; }
    const question = pending;
    pending = null;
    queue = [];
    const message = f.element("p", words("failed") + " ", { class: "notice", role: "alert" });
    message.append(f.element("button", words("again"), { type: "button", class: "ask", "data-ask": question }));
    byId("pending").querySelector(".looking")?.replaceWith(message);
  }

  function answered(html) {
    clearTimeout(timer);
    const lost = !document.activeElement || document.activeElement === document.body || !document.activeElement.isConnected;
    const question = pending;
    pending = null;
    const turn = f.fromServer(html);
    byId("pending").hidden = true;
    byId("pending").replaceChildren();
    if (question !== null && of !== f.places.now().report) { queue = []; f.keeping.missed(of, question, turn.dataset.outcome); return; }
    byId("log").append(turn);
    if (question !== null) {
      f.keeping.added(question, turn.dataset.outcome);
      f.places.go({ tab: "chat", passage: null, turn: f.keeping.shown().length });
    }
    talking();
    f.notes.mark();
    if (lost || document.activeElement.closest(".welcome, .next, .turn, #conversation-bar")) {
      turn.querySelector(".asked").focus({ preventScroll: true });
    }
    turn.scrollIntoView({ block: "start", behavior: moving() });
    if (queue.length) { ask(queue.shift()); }
  }

  // The page once there is a conversation: the welcome gives way, and the line on dates stays by the box.
  function talking() {
    const any = all("#log .turn").length > 0;
    byId("welcome")?.toggleAttribute("hidden", any);
    byId("conversation-bar").hidden = !any;
    if (any) { document.documentElement.dataset.talking = "yes"; } else { delete document.documentElement.dataset.talking; }
  }

  f.onClick("[data-ask]", (button) => ask(button.dataset.ask));
  f.receivers.turn = answered;
  f.asking = { ask, link, talking, waits: () => pending !== null };
  f.submit = submit;
  f.failed = failed;
})();
