// Filters, search and sort of the plan, and copying an answer's line. Kitchen and zone are those of
// what stands above the table and of paper, too. The state of the filters is in the address, so that
// it can be kept as a bookmark and stays when the language changes.
"use strict";
(() => {
  const form = document.querySelector("form[role=search]");
  // What is told of one machine, or of one kitchen, above the table of all.
  const told = ".cards > li, .lines > li, p.note[data-kitchen]";
  const names = ["search", "kitchen", "zone", "decision", "sort"];

  function readState() {
    const given = new URLSearchParams(location.hash.slice(1));
    return Object.fromEntries(names.map((name) => [name, given.get(name) || ""]));
  }

  function writeState(state) {
    const kept = new URLSearchParams(Object.entries(state).filter(([, value]) => value));
    const hash = kept.toString();
    history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
    for (const link of document.querySelectorAll("a[data-keep-state]")) link.hash = hash;
  }

  function plan() {
    const table = document.querySelector("table.plan");
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const headers = [...table.tHead.querySelectorAll("th[aria-sort]")];
    const words = rows.map((row) => row.textContent.toLowerCase());
    const places = new Map(rows.map((row) => [row.dataset.machine, row.dataset]));
    const sections = [...document.querySelectorAll("main section:not(.all)")]
      .map((section) => [section, [...section.querySelectorAll(told)]])
      .filter(([, items]) => items.length);
    // What counts machines is written for each kitchen and zone; what counts none is not there.
    const parts = [...document.querySelectorAll("[data-part]")].map((part) => [part, [...part.childNodes]]);
    const choices = new Map([...document.querySelectorAll("template[data-kitchen]")]
      .map(({ dataset, content }) => [JSON.stringify([dataset.kitchen, dataset.zone]), content]));
    let state = readState();

    // What has no kitchen or zone, a machine that left the plan say, fits any.
    function isThere(place) {
      return ["kitchen", "zone"].every((name) => !state[name] || (place[name] ?? state[name]) === state[name]);
    }

    function isChosen() {
      return Boolean(state.kitchen || state.zone);
    }

    function findChoice(there) {
      const find = (...names) => choices.get(JSON.stringify(names));
      if (!there.length) return find("", "");
      // A kitchen that lies in one zone is told once.
      return find(state.kitchen, state.zone) ?? find(state.kitchen, "");
    }

    function showCounts(there) {
      const own = isChosen() && findChoice(there);
      for (const [part, whole] of parts) {
        const found = own && own.querySelector(`[data-part=${part.dataset.part}]`);
        part.hidden = own && !found;
        part.replaceChildren(...(own ? found?.cloneNode(true).childNodes ?? [] : whole));
      }
      for (const tile of form.querySelectorAll("[data-decision]")) {
        const counted = there.filter((row) => row.dataset.decision === tile.dataset.decision);
        tile.firstElementChild.textContent = counted.length;
      }
    }

    // A kitchen whose name says that it is one is not called so twice.
    function title(name) {
      const options = [...form.elements[name]?.options ?? []];
      return options.find(({ value }) => value === state[name])?.dataset.title;
    }

    function showAbove() {
      const there = rows.filter((row) => isThere(row.dataset));
      showCounts(there);
      for (const [section, items] of sections) {
        for (const item of items) {
          const isLeftOut = "onlyChosen" in item.dataset && !state.kitchen;
          item.hidden = isLeftOut || !isThere(places.get(item.dataset.machine) || item.dataset);
        }
        section.hidden = items.every((item) => item.hidden);
      }
      const chosen = document.querySelector(".chosen");
      const text = chosen.firstElementChild;
      const stops = there.filter((row) => row.dataset.decision === "stop");
      chosen.hidden = !isChosen();
      text.textContent = ["kitchen", "zone"].filter((name) => state[name])
        .map((name) => title(name) ?? text.dataset[name].replace("{name}", () => state[name]))
        .concat(text.dataset.count.replace("{count}", stops.length)).join(" · ");
    }

    function show() {
      const wanted = state.search.toLowerCase().split(/\s+/).filter(Boolean);
      const decisions = state.decision.split(",").filter(Boolean);
      let shown = 0;
      rows.forEach((row, index) => {
        const fits = isThere(row.dataset)
          && (!decisions.length || decisions.includes(row.dataset.decision))
          && wanted.every((word) => words[index].includes(word));
        row.hidden = !fits;
        shown += fits;
      });
      const count = form.querySelector(".count");
      count.textContent = count.dataset.text.replace("{shown}", shown).replace("{total}", rows.length);
      document.querySelector(".none").hidden = shown > 0;
      for (const tile of form.querySelectorAll("[data-decision]")) {
        tile.setAttribute("aria-pressed", decisions.includes(tile.dataset.decision));
      }
      showAbove();
      for (const name of ["search", "kitchen", "zone"]) {
        const field = form.elements[name];
        if (field && field.value !== state[name]) field.value = state[name];
      }
    }

    function order() {
      const [text, direction] = state.sort.split(".");
      // A bookmark may name a column that there is no more.
      const column = headers[Number(text)] ? Number(text) : 0;
      const sign = direction === "down" ? -1 : 1;
      const isNumber = headers[column].querySelector("button").dataset.sort === "number";
      const value = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent.trim();
      const compare = isNumber
        ? (a, b) => value(a) - value(b)
        : (a, b) => value(a).localeCompare(value(b), document.documentElement.lang, { numeric: true });
      const sorted = [...rows].sort((a, b) => sign * compare(a, b) || rows.indexOf(a) - rows.indexOf(b));
      body.append(...sorted);
      headers.forEach((header, index) => header.setAttribute("aria-sort",
        index === column ? (sign < 0 ? "descending" : "ascending") : "none"));
    }

    function change(changes) {
      state = { ...state, ...changes };
      writeState(state);
      show();
    }

    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", (event) => change({ [event.target.name]: event.target.value }));
    document.querySelector(".chosen button").addEventListener("click", () => form.reset());
    form.addEventListener("reset", (event) => {
      event.preventDefault();
      change({ search: "", kitchen: "", zone: "", decision: "" });
    });
    for (const tile of form.querySelectorAll("[data-decision]")) {
      tile.addEventListener("click", () => {
        const chosen = new Set(state.decision.split(",").filter(Boolean));
        if (!chosen.delete(tile.dataset.decision)) chosen.add(tile.dataset.decision);
        change({ decision: [...chosen].join(",") });
      });
    }
    headers.forEach((header, index) => header.querySelector("button").addEventListener("click", () => {
      const isUp = header.getAttribute("aria-sort") === "ascending";
      change({ sort: `${index}.${isUp ? "down" : "up"}` });
      order();
    }));
    addEventListener("hashchange", () => { state = readState(); show(); order(); });
    writeState(state);
    if (state.sort) order();
    show();
  }

  async function copy(button) {
    const text = button.dataset.copy;
    if (navigator.clipboard && isSecureContext) await navigator.clipboard.writeText(text);
    else {
      // Pages opened from a plain http server or a folder have no clipboard of their own.
      const selection = getSelection();
      selection.selectAllChildren(button.previousElementSibling);
      document.execCommand("copy");
      selection.removeAllRanges();
    }
    button.textContent = button.dataset.done;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-copy]");
    if (button) copy(button);
  });
  if (form) plan();
  document.documentElement.dataset.ready = "yes";
  performance.mark("ready");
})();
