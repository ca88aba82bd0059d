// Puts a figure's name into the text where the cursor stands, colours names and notes in the text, finds names in the
// list, and keeps the printed page up to date and in view. Without this file names are typed, and the page is shown by
// its button.
(() => {
  "use strict";

  const text = document.getElementById("id_text");
  const search = document.getElementById("figure-search");
  const paper = document.querySelector("iframe[name=paper]");

  // Scrolled from here: an address with #here would scroll this page as well.
  const show = () => {
    const here = paper.contentDocument?.getElementById("here");
    if (here) paper.contentWindow.scrollTo(0, here.getBoundingClientRect().top + paper.contentWindow.scrollY - 120);
  };
  paper?.addEventListener("load", show);
  if (paper?.contentDocument?.readyState === "complete") show();

  // Figures and notes stand out in the text: behind the field lies a copy of it, in which only they are coloured.
  const MARKER = /\{\{[^{}\n]*\}\}|｛｛[^｛｝\n]*｝｝|[［[]注[ 　：:][^［］[\]\n]*[］\]]/g;
  const copy = document.createElement("div");
  const paint = () => {
    const pieces = [];
    let from = 0;
    for (const match of text.value.matchAll(MARKER)) {
      const mark = document.createElement("mark");
      mark.textContent = match[0];
      pieces.push(text.value.slice(from, match.index), mark);
      from = match.index + match[0].length;
    }
    copy.replaceChildren(...pieces, `${text.value.slice(from)}\n`);
    follow();
  };
  const follow = () => {
    copy.style.borderRightWidth = `${text.offsetWidth - text.clientWidth - text.clientLeft}px`; // a scroll bar takes its room
    copy.scrollTop = text.scrollTop;
  };
  if (text) {
    const frame = document.createElement("div");
    frame.className = "marked mt-2";
    copy.className = "marked__copy";
    copy.ariaHidden = "true";
    text.classList.remove("mt-2");
    text.before(frame);
    frame.append(copy, text);
    text.addEventListener("input", paint);
    text.addEventListener("scroll", follow);
    new ResizeObserver(follow).observe(text);
    paint();
  }

  if (!text || text.readOnly) return;

  // A finding of the check leads here with its paragraph (#p-3): the cursor stands there, and may be moved at once.
  const found = /^#p-(\d+)$/.exec(location.hash);
  if (found) {
    const lines = text.value.split("\n").slice(0, Number(found[1]) - 1);
    const at = lines.reduce((sum, line) => sum + line.length + 1, 0);
    text.setSelectionRange(at, at);
    text.focus();
  }

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "reading") document.querySelector("[formtarget=paper]").click();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    if (!button) return;
    text.setRangeText(button.dataset.insert, text.selectionStart, text.selectionEnd, "end");
    text.focus();
    text.dispatchEvent(new Event("input", { bubbles: true }));
    text.dispatchEvent(new Event("change", { bubbles: true })); // as a person's change, to be saved
  });

  // Full and half width alike; every word must be there.
  const plain = (words) => words.normalize("NFKC").toLowerCase();
  search?.addEventListener("input", () => {
    const words = plain(search.value).split(/\s+/).filter(Boolean);
    let found = 0;
    for (const line of document.querySelectorAll("[data-figure]")) {
      line.hidden = !words.every((word) => plain(line.dataset.figure).includes(word));
      found += line.hidden ? 0 : 1;
    }
    for (const group of document.querySelectorAll("#figures details")) {
      if (words.length) group.open = Boolean(group.querySelector("[data-figure]:not([hidden])"));
    }
    document.getElementById("figure-found").textContent = words.length ? `${found}件あります` : "";
  });
  search?.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
})();
