/* Into one's papers: copying with formatting, so that Word keeps headings, lists and references as text; downloads; and printing one sheet
   alone, which the browser also saves as PDF. */
(() => {
  "use strict";
  const f = window.findings;
  const { byId, words } = f;

  async function put(plain, html) {
    try {
      if (html && window.ClipboardItem) {
        const kinds = { "text/plain": plain, "text/html": html };
        const blobs = Object.fromEntries(Object.entries(kinds).map(([kind, text]) => [kind, new Blob([text], { type: kind })]));
        await navigator.clipboard.write([new ClipboardItem(blobs)]);
      } else { await navigator.clipboard.writeText(plain); }
      return true;
    } catch { return byHand(plain, html); }
  }

  function byHand(plain, html) { // where the clipboard may not be written directly, as on a page without https
    const area = f.element("textarea", "", { class: "unseen" });
    const focused = document.activeElement;
    area.value = plain;
    document.body.append(area);
    area.select();
    document.addEventListener("copy", (event) => {
      event.clipboardData.setData("text/plain", plain);
      if (html) { event.clipboardData.setData("text/html", html); }
      event.preventDefault();
    }, { once: true });
    const done = document.execCommand("copy");
    area.remove();
    focused?.focus();
    return done;
  }

  async function copy(button, plain, html, done) {
    const before = button.dataset.label || button.textContent;
    const copied = await put(plain, html);
    button.dataset.label = before;
    button.textContent = copied ? done : words("not_copied");
    f.say(button.textContent);
    setTimeout(() => { button.textContent = before; }, 2500);
  }

  // An address of this page that names the report asked, unless it is the one in force.
  function here(query = "") {
    const named = new URLSearchParams(query);
    const report = named.get("report") || f.places.now().report;
    if (report) { named.set("report", report); }
    return location.origin + location.pathname + (named.size ? "?" + named : "");
  }

  // A question that follows on from others is linked together with them; a link is no more than its words.
  function link(button) {
    const turn = button.closest(".turn");
    const at = f.all("#log .turn").indexOf(turn);
    const query = new URLSearchParams();
    if (turn.dataset.follows) { for (const one of f.keeping.shown().slice(Math.max(0, at - 2), at)) { query.append("after", one); } }
    query.append("q", button.dataset.link);
    copy(button, here() + "#" + query, null, words("link_copied"));
  }

  function download(name, type, content) {
    const place = f.element("a", "", { download: name });
    place.href = URL.createObjectURL(new Blob([content], { type }));
    document.body.append(place);
    place.click();
    place.remove();
    setTimeout(() => URL.revokeObjectURL(place.href), 10000);
  }

  let saying = "said"; // where the next file is announced: beside the button that asked for it
  function want(event, data, place) {
    saying = place || "said";
    f.say(words("saving"), saying);
    f.send(event, data);
  }

  function saved(message) {
    const file = JSON.parse(message);
    if (file.sheet) { f.say("", saying); print(file.sheet); return; }
    if (!file.content) { f.say(words("not_saved"), saying); return; }
    download(file.name, file.type, Uint8Array.from(atob(file.content), (c) => c.charCodeAt(0)));
    f.say(words("saved"), saying);
  }

  // Puts the sheet alone on the page while the browser prints.
  function lay(html, length) {
    byId("print-sheet")?.remove();
    const sheet = f.element("div", "", { id: "print-sheet", "data-length": length || "" });
    sheet.innerHTML = html;
    document.body.append(sheet);
    document.documentElement.classList.add("printing");
  }

  function print(html) {
    lay(html);
    window.print();
  }

  // A briefing is printed as the paper that it is, by its button and by the browser's own menu.
  window.addEventListener("beforeprint", () => {
    const preview = byId("brief-preview");
    const printing = document.documentElement.classList.contains("printing");
    if (!printing && document.documentElement.dataset.part === "briefing" && preview?.querySelector("h3")) { lay(preview.innerHTML, preview.dataset.length); }
  });
  window.addEventListener("afterprint", () => document.documentElement.classList.remove("printing"));

  // What is folded on the screen is not missing on paper.
  let folded = [];
  window.addEventListener("beforeprint", () => {
    folded = f.all(".part.shown details:not([open])");
    for (const one of folded) { one.open = true; }
  });
  window.addEventListener("afterprint", () => { for (const one of folded) { one.open = false; } });

  const reportIn = (button) => (f.reportOf(button) ? "&report=" + encodeURIComponent(f.reportOf(button)) : "");
  f.onClick("[data-copy]", (button) => {
    copy(button, button.dataset.copy, button.closest(".turn")?.querySelector("template.paste")?.innerHTML, words("copied"));
  });
  f.onClick("[data-print-answer]", (button) => print(button.closest(".turn").querySelector("template.paste").innerHTML));
  f.onClick("[data-link]", link);
  f.onClick("[data-place]", (button) => copy(button, here(button.dataset.place + reportIn(button)), null, words("link_copied")));
  f.onClick("[data-save]", (button) => want("save", { form: button.dataset.save, shown: f.keeping.shown() }));
  f.onClick("[data-tracker]", (button) => want("tracker", { form: button.dataset.tracker }, "tracker-said"));
  f.receivers.saved = saved;
  f.papers = { copy, download, want, print };
})();
