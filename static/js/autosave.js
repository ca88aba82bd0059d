// Saves what is typed into a form[data-autosave]: a department's part, a chapter, a member's opinion. Without this file
// its button does the same.
//
// What is typed goes to this browser's storage at once and to the server two seconds after typing stops. The stored
// copy goes only when the server has answered that it holds the same words. One request is on its way at a time.
(() => {
  "use strict";

  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const PAUSE = 2000;
  const AGAIN = 10000;
  // Each tab keeps a copy of its own: what one has saved must not take away what another still holds.
  const tab = () => {
    try {
      sessionStorage.ayumiTab ??= `${Date.now()}-${Math.random()}`;
      return sessionStorage.ayumiTab;
    } catch {
      return "";
    }
  };
  const PREFIX = `ayumi-${form.dataset.autosave}-${form.dataset.user}`;
  const TABS = `${PREFIX}-tab-`;
  const KEY = `${TABS}${tab()}`;
  const KEPT = `${PREFIX}-kept`;
  const ADDRESS = form.getAttribute("action") || location.pathname;
  const NAMES = [...form.querySelectorAll("[name^=seen-]")].map((seen) => seen.name.slice(5));
  const VERSIONS = [...form.querySelectorAll("[data-version]")].map((version) => version.name);
  const status = document.getElementById("autosave-status");
  const notices = document.getElementById("autosave-notices");

  const field = (name) => form.elements[name];

  // A table of rows ([data-rows]) is one field: a line for each row that is written, a tab between its columns.
  const table = (name) => form.querySelector(`[data-rows="${name}"]`);
  const columns = (name) => table(name).dataset.columns.split(" ");
  const boxes = (name) => columns(name).map((column) => [...table(name).querySelectorAll(`[name="${column}"]`)]);
  const onOneLine = (text) => text.replace(/[\t\r\n]+/g, " ").trim();
  const lines = (name) => {
    const [first, ...others] = boxes(name);
    const rows = first.map((box, at) => [box, ...others.map((column) => column[at])]);
    return rows.map((row) => row.map((box) => onOneLine(box.value)).join("\t")).filter((line) => line.trim()).join("\n");
  };
  const cells = (text) => (text ? text.split("\n").map((line) => line.split("\t")) : []);
  const read = (name) => (table(name) ? lines(name) : field(name).value);

  const plain = (text) => (text ?? "").normalize("NFC").replace(/\r\n?/g, "\n").replace(/[^\S\n]+$/gm, "").replace(/^\n+|\n+$/g, "");
  const values = () => Object.fromEntries(NAMES.map((name) => [name, read(name)]));
  const seen = () => Object.fromEntries(NAMES.map((name) => [name, field(`seen-${name}`).value]));
  const versions = () => Object.fromEntries(VERSIONS.map((name) => [name, field(name).value]));
  const same = (one, other) => NAMES.every((name) => plain(one[name]) === plain(other[name]));
  const snapshot = () => ({ values: values(), seen: seen(), ...versions() });

  // Storage may be full or forbidden: the page then says so instead of promising what it cannot keep.
  let storing = true;
  const store = (key, value) => {
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(value));
      storing = true;
    } catch {
      storing = false;
    }
  };
  const stored = (key) => {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  };

  const say = (words, kind = "") => {
    status.className = `msg msg--flush${kind ? ` msg--${kind}` : ""}`;
    const line = document.createElement("span");
    line.append(words);
    status.replaceChildren(line);
    return line;
  };
  const button = (words, act, css = "btn--secondary") => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = `btn btn--sm ${css}`;
    made.textContent = words;
    made.addEventListener("click", act);
    return made;
  };
  const here = () => (storing ? "書いた文はこのパソコンに残っています。" : "この画面を閉じずに、書いた文を控えてください。");

  let timer = 0;
  let busy = null; // the save on its way
  let unanswered = null; // sent, but no answer came: sent again word for word before anything newer
  let stopped = Boolean("clash" in form.dataset || "closed" in form.dataset);

  const dirty = () => !same(values(), seen());
  const soon = (wait = PAUSE) => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(save, wait);
  };

  const signInAgain = () => {
    const line = say(`サインインの時間が切れたので、保存していません。${here()} `, "err");
    const link = document.createElement("a");
    link.href = `${form.dataset.login}?next=${encodeURIComponent(ADDRESS)}`;
    link.textContent = "サインインして続ける";
    line.append(link);
    stopped = true;
    return "stopped";
  };

  const offline = (why = "保存できませんでした。", then = "通信が戻ると、自動で保存します。") => {
    say(`${why}${here()}${then}`, "err");
    soon(AGAIN);
    return "offline";
  };

  const held = (answer, sent) => {
    for (const name of VERSIONS) field(name).value = answer[name];
    for (const name of NAMES) field(`seen-${name}`).value = sent.values[name];
    if (dirty()) {
      store(KEY, snapshot());
      soon();
    } else {
      store(KEY, null);
    }
    const newer = answer.newer ? "　ほかの人が別の欄を書きました。画面を開き直すと読めます。" : "";
    say(`${answer.saved_at} に自動で保存しました${newer}`, "ok");
    for (const word of document.querySelectorAll("[data-status]")) word.textContent = answer.status_label;
    if (answer.numbers) numbers(answer.numbers);
    for (const panel of document.querySelectorAll("[data-saved]")) panel.dispatchEvent(new Event("saved"));
    return "saved";
  };

  const refused = (answer) => {
    const line = say(`保存していません。${answer.words} ${here()}`, "err");
    if (answer.kind !== "invalid") {
      // Only a person may decide between two texts, so nothing more is sent by itself.
      stopped = true;
      if (answer.kind === "clash") line.append(" ", button("見比べる", () => form.submit()));
    }
    return answer.kind;
  };

  async function post() {
    const sent = unanswered ?? snapshot();
    unanswered = sent;
    const body = new FormData();
    body.set("csrfmiddlewaretoken", field("csrfmiddlewaretoken").value);
    for (const name of VERSIONS) body.set(name, sent[name]);
    // A form whose server takes what is left out as left alone gets only what was written.
    const left = "changedOnly" in form.dataset ? NAMES.filter((name) => plain(sent.values[name]) === plain(sent.seen[name])) : [];
    for (const name of NAMES) {
      if (left.includes(name)) continue;
      if (!table(name)) body.set(name, sent.values[name]);
      else for (const row of cells(sent.values[name])) columns(name).forEach((column, at) => body.append(column, row[at] ?? ""));
      body.set(`seen-${name}`, sent.seen[name]);
    }
    let response, answer;
    try {
      response = await fetch(ADDRESS, {
        method: "POST",
        body,
        headers: { "X-Autosave": "1" },
        redirect: "manual",
      });
      if (response.type === "opaqueredirect" || response.status === 403 || response.status === 404) {
        unanswered = null;
        return signInAgain();
      }
      answer = await response.json();
    } catch {
      return offline();
    }
    if (answer.kind === "away") return offline(answer.words, "10秒後に、もう一度送ります。");
    if (response.status >= 500) return offline();
    unanswered = null;
    return response.ok ? held(answer, sent) : refused(answer);
  }

  function save() {
    clearTimeout(timer);
    if (busy) return busy;
    if (stopped || !(dirty() || unanswered)) return Promise.resolve("nothing");
    busy = post().finally(() => {
      busy = null;
    });
    return busy;
  }

  // Everything the person sees must be on the server before the page goes on, whatever was under way.
  async function saveAll() {
    for (let turn = 0; turn < 3; turn += 1) {
      const outcome = await save();
      if (outcome !== "saved") return outcome;
      if (!dirty() && !unanswered) return "saved";
    }
    return "saved";
  }

  // What the server read out of the texts it has now: 22件 ÷ 目標30件 ＝ 73.3％.
  function numbers(found) {
    for (const place of document.querySelectorAll("[data-number]")) place.textContent = found[place.dataset.number];
    for (const place of document.querySelectorAll("[data-warning]")) place.hidden = !found.warning;
    document.querySelector("[data-number-none]").hidden = Boolean(found.rate);
    if (found.rate) document.getElementById("pair-rate").hidden = false;
  }

  // 低評価の理由 is asked for when the chosen rating needs it; a reason once written stays in sight.
  function when() {
    for (const pair of form.querySelectorAll("[data-when]")) {
      const asked = pair.dataset.when.split(" ").includes(field(form.dataset.rating).value);
      pair.hidden = !asked && !pair.querySelector("textarea")?.value && !pair.querySelector(".field--err");
    }
  }

  function write(name, text) {
    if (!table(name)) {
      field(name).value = text;
      return;
    }
    const rows = cells(text);
    while (boxes(name)[0].length < rows.length) addRow(table(name));
    boxes(name).forEach((column, at) => column.forEach((box, row) => (box.value = rows[row]?.[at] ?? "")));
  }

  // The last row is the empty one for the next: another like it stands before it.
  function addRow(rows) {
    const last = rows.querySelector("ol > li:last-child");
    const row = last.cloneNode(true);
    const number = rows.querySelectorAll("ol > li").length;
    for (const each of row.querySelectorAll("[id]")) each.id += `-${number}`;
    for (const each of row.querySelectorAll("[for]")) each.htmlFor += `-${number}`;
    for (const each of row.querySelectorAll("button")) each.remove();
    last.before(row);
  }

  function fill(record) {
    for (const name of NAMES) {
      if (name in record.values) write(name, record.values[name]);
      // The words were begun on an older page: a colleague's newer text must still be noticed.
      if (name in record.seen) field(`seen-${name}`).value = record.seen[name];
    }
    for (const name of VERSIONS) field(name).value = record[name];
    for (const name of NAMES) {
      const box = field(name);
      if (box instanceof HTMLElement) box.dispatchEvent(new Event("input", { bubbles: true }));
    }
    changed();
  }

  function offer(record) {
    const notice = document.createElement("div");
    notice.className = "notice notice--info mb-4";
    notice.setAttribute("role", "status");
    const title = document.createElement("p");
    title.className = "notice__t";
    title.textContent = "このパソコンに残っていた文があります";
    notice.append(title);
    for (const name of NAMES) {
      const text = record.values[name] ?? "";
      if (plain(text) === plain(read(name))) continue;
      const label = field(`seen-${name}`).dataset.label ?? document.querySelector(`label[for=id_${name}]`)?.textContent ?? "評価";
      const line = document.createElement("p");
      line.className = "text";
      line.textContent = `${label}：${text || "（空欄）"}`;
      notice.append(line);
    }
    const forget = () => {
      const others = (stored(KEPT) ?? []).filter((other) => !same(other.values, record.values));
      store(KEPT, others.length ? others : null);
      for (const key of otherTabs()) if (same(stored(key)?.values ?? {}, record.values)) store(key, null);
      notice.remove();
    };
    const row = document.createElement("p");
    row.className = "row mt-2";
    row.append(
      button("使う", () => {
        fill(record);
        if (storing) forget();
      }),
      button("使わない", forget, "btn--plain"),
    );
    notice.append(row);
    notices.append(notice);
  }

  // Copies of tabs that are open beside this one, or were closed before they had saved.
  function otherTabs() {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(TABS) && key !== KEY);
    } catch {
      return [];
    }
  }

  function offerBack() {
    const last = stored(KEY);
    // Typing begins a new copy under KEY, so what is offered waits under a name of its own.
    const mine = [...(stored(KEPT) ?? []), last].filter(useful);
    store(KEPT, mine.length ? mine : null);
    if (!storing && last) return;
    store(KEY, null);
    const all = [...mine, ...otherTabs().map(stored).filter(useful)];
    const first = (record, index) => all.findIndex((other) => same(other.values, record.values)) === index;
    if (!("closed" in form.dataset)) all.filter(first).forEach(offer);
  }

  function useful(record) {
    return record?.values && !same(record.values, values());
  }

  function changed() {
    when();
    if ("closed" in form.dataset) return;
    if (!dirty()) {
      if (!unanswered) store(KEY, null);
      return;
    }
    store(KEY, snapshot());
    if (!stopped && !unanswered) say("保存していない文があります");
    soon();
  }

  form.addEventListener("input", (event) => {
    if (event.isTrusted) changed();
  });
  form.addEventListener("change", changed);
  window.addEventListener("online", () => soon(0));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save();
  });

  document.addEventListener("click", (event) => {
    const take = event.target.closest("[data-take]");
    if (!take) return;
    const box = document.getElementById(take.dataset.take);
    const text = document.getElementById(take.dataset.from).textContent;
    box.value = text === "－" ? "" : text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    changed();
    box.focus();
  });

  let going = false;
  form.addEventListener("submit", async (event) => {
    if (event.submitter?.formTarget) return; // into a frame of this page, which stays
    if (going || stopped || !(busy || unanswered || dirty())) return;
    event.preventDefault();
    going = true;
    const outcome = await saveAll();
    going = false;
    // Without an answer the words stay here; a refusal in words is shown by the page itself.
    if (outcome === "offline" || outcome === "stopped") return;
    going = true;
    form.requestSubmit(event.submitter ?? undefined);
    setTimeout(() => {
      going = false;
    }, AGAIN);
  });

  when();
  if ("clash" in form.dataset) store(KEY, snapshot());
  else offerBack();
  if (!stopped) say("書くと、自動で保存します");
  // What a refusal or 「この文から書き始める」 put there is no more saved than what is typed.
  if (!stopped && dirty()) changed();
})();
