// The few things a page cannot do without a script. Every page works without this file.
(() => {
  "use strict";

  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest(selector);
    if (at("[data-print]")) {
      event.preventDefault();
      window.print();
    }
    const opener = at("[data-dialog]");
    const dialog = opener && document.getElementById(opener.dataset.dialog);
    if (dialog) {
      // Without a script the same link leads to a page that asks the same question.
      event.preventDefault();
      dialog.showModal();
    }
    if (at("[data-close]")) at("dialog")?.close();
    for (const open of document.querySelectorAll("details.person[open], details.menu[open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
  });

  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && document.activeElement?.closest("details.person[open], details.menu[open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  });

  // Words that no other form on the page sends would be gone: the browser asks before it leaves them behind.
  let sending = null;
  document.addEventListener("submit", (event) => {
    // What goes into a frame of this page leaves the page as it is.
    if (!event.submitter?.formTarget) sending = event.target;
  });
  window.addEventListener("beforeunload", (event) => {
    const left = [...document.querySelectorAll("textarea[data-guard]")];
    if (left.some((field) => field.value !== field.defaultValue && field.form !== sending)) event.preventDefault();
  });

  // 前へ／次へ of a queue: Alt and an arrow, but not while something is being written.
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const way = document.querySelector(`a[data-key="${CSS.escape(event.key)}"]`);
    const writing = [...document.querySelectorAll("textarea")].some((field) => field.value !== field.defaultValue);
    if (!way || writing || document.activeElement?.matches("input, select, textarea")) return;
    event.preventDefault();
    way.click();
  });

  // A character is one whatever its width; a line break is none. In print letters and figures are narrower.
  const printed = (line) => [...line].reduce((sum, char) => sum + (char.codePointAt(0) > 0x2ff ? 1 : 0.62), 0);
  const count = (output) => {
    const field = document.getElementById(output.dataset.count);
    if (!field) return;
    const text = field.value;
    const room = Number(output.dataset.line);
    const lines = text.trim().split("\n").reduce((sum, line) => sum + Math.max(1, Math.ceil(printed(line) / room)), 0);
    output.textContent = `${[...text.replace(/\n/g, "")].length}字${room && text.trim() ? `（印刷で約${lines}行）` : ""}`;
  };

  document.addEventListener("input", (event) => {
    for (const output of document.querySelectorAll("output[data-count]")) {
      if (output.dataset.count === event.target.id) count(output);
    }
    for (const output of document.querySelectorAll("[data-comments]")) {
      const said = document.querySelectorAll(`textarea[name^="comment-"][form="${output.dataset.comments}"]`);
      const count = [...said].filter((field) => field.value.trim()).length;
      output.textContent = count;
      output.parentElement.hidden = !count;
    }
  });

  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.dataset.showPassword) {
      document.getElementById(box.dataset.showPassword).type = box.checked ? "text" : "password";
    }
    const ticks = box.form ?? document;
    if ("tickAll" in box.dataset) {
      for (const tick of ticks.querySelectorAll("input.tick[name]")) tick.checked = box.checked;
    }
    if (box.classList.contains("tick")) {
      const picked = ticks.querySelectorAll("input.tick[name]:checked").length;
      for (const output of ticks.querySelectorAll("[data-picked]")) output.textContent = picked;
    }
  });

  const start = (root) => {
    for (const part of root.querySelectorAll("[data-with-script]")) part.hidden = false;
    root.querySelectorAll("output[data-count]").forEach(count);
    root.querySelector("[data-focus]")?.focus();
  };
  document.addEventListener("DOMContentLoaded", () => start(document));
  // A text that could not be sent stays where it was typed. A page that answers from another address is the sign-in page.
  const notSent = (event) => {
    const note = event.detail.elt.closest("[data-keeps-text]")?.querySelector("[data-not-sent]");
    note?.setAttribute("role", "alert");
    if (note) note.hidden = false;
  };
  document.addEventListener("htmx:sendError", notSent);
  document.addEventListener("htmx:responseError", notSent);
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, pathInfo } = event.detail;
    if (!xhr.responseURL || new URL(xhr.responseURL).pathname === pathInfo.requestPath) return;
    event.detail.shouldSwap = false;
    notSent(event);
  });

  document.addEventListener("htmx:load", (event) => {
    if (event.detail.elt !== document.body) start(event.detail.elt);
  });
})();
