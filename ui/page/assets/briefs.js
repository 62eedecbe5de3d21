/* The Briefing tab: asks for a preview and for files of what the preview shows, not of what was typed since. */
(() => {
  "use strict";
  const f = window.findings;
  const { byId } = f;
  let briefed = { topic: "", length: "" };
  const tell = (name) => { const place = byId("brief-said"); if (place) { place.textContent = name ? place.dataset[name] : ""; } };

  function make(topic, length) {
    const field = byId("brief-topic");
    if (!field) { return; }
    field.value = topic;
    if (["page", "full"].includes(length)) { byId("brief-length").value = length; }
    f.places.select("briefing", false);
    form();
  }

  function form() {
    const topic = byId("brief-topic").value.trim();
    if (!topic || !f.send) { byId("brief-topic").focus(); return; }
    briefed = { topic, length: byId("brief-length").value };
    f.places.go({ tab: "briefing", passage: null, brief: briefed });
    f.passage.settle();
    tell("pending");
    f.send("brief", briefed);
  }

  function preview(message) {
    const got = JSON.parse(message);
    byId("brief-preview").innerHTML = got.html;
    byId("brief-preview").dataset.length = briefed.length;
    byId("brief-bar").hidden = !got.made;
    tell(got.made ? "made" : "");
    byId("brief-preview").querySelector("h3")?.focus({ preventScroll: true });
  }

  f.submits["brief-form"] = form;
  f.onClick("[data-brief-topic]", (button) => { make(button.dataset.briefTopic, "page"); byId("brief-topic").focus({ preventScroll: true }); window.scrollTo(0, 0); });
  f.onClick("[data-brief-word]", (button) => f.papers.want("brieffile", { topic: button.dataset.briefWord, length: "page", form: "docx" }));
  f.onClick("[data-brief-print]", () => window.print());
  f.onClick("[data-brief]", (button) => f.papers.want("brieffile", { ...briefed, form: button.dataset.brief }, "brief-said"));
  f.receivers.briefed = preview;
  f.briefs = { make };
  f.unbriefed = () => tell("failed");
})();
