// Results while typing, titles to choose from, and a way through the hits without a mouse.
"use strict";
(() => {
  const form = document.querySelector("form.search");
  const field = document.getElementById("q");
  const results = document.getElementById("results");
  const list = document.getElementById("suggestions");
  let shown = location.search;
  let asking = null;
  let timer = 0;
  let chosen = -1;
  let closed = 0;

  const query = () => {
    const parameters = new URLSearchParams(new FormData(form));
    for (const [name, value] of [...parameters]) if (!value) parameters.delete(name, value);
    const text = parameters.toString();
    return text ? `?${text}` : "";
  };

  async function show(search, { remember = true } = {}) {
    if (search === shown) return;
    asking?.abort();
    asking = new AbortController();
    try {
      const part = await muniment.part(form.dataset.results + search, asking.signal);
      if (part === null) return;
      results.innerHTML = part;
      document.getElementById("desk")?.toggleAttribute("hidden", Boolean(search));
      shown = search;
      if (remember) history.replaceState(null, "", form.action + search);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }

  function close() {
    closed += 1;
    list.hidden = true;
    list.replaceChildren();
    chosen = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  async function suggest(text) {
    if (text.trim().length < 1) return close();
    // What is on its way when the question is asked comes too late, and must not lie over the hits.
    const before = closed;
    const response = await fetch(`${form.dataset.suggest}?limit=8&q=${encodeURIComponent(text)}`);
    if (!response.ok || closed !== before || field.value !== text || document.activeElement !== field) return;
    const proposals = (await response.json()).proposals.filter((one) => one.text !== text);
    close();
    for (const [number, { text: proposed, kind }] of proposals.entries()) {
      const item = document.createElement("li");
      item.role = "option";
      item.id = `suggestion-${number}`;
      item.dataset.text = proposed;
      const sort = document.createElement("span");
      sort.className = "kind";
      sort.textContent = JSON.parse(list.dataset.kinds)[kind];
      item.append(sort, proposed);
      list.append(item);
    }
    list.hidden = proposals.length === 0;
    field.setAttribute("aria-expanded", String(!list.hidden));
  }

  function choose(step) {
    const items = [...list.children];
    chosen = Math.max(-1, Math.min(items.length - 1, chosen + step));
    items.forEach((item, number) => item.setAttribute("aria-selected", String(number === chosen)));
    if (chosen < 0) field.removeAttribute("aria-activedescendant");
    else {
      field.setAttribute("aria-activedescendant", items[chosen].id);
      items[chosen].scrollIntoView({ block: "nearest" });
    }
  }

  function take(title) {
    field.value = title;
    close();
    show(query());
    field.focus();
  }

  function move(step) {
    const hits = [...results.querySelectorAll(".hit-link")];
    if (!hits.length) return;
    const here = hits.indexOf(document.activeElement);
    if (here === 0 && step < 0) field.focus();
    else hits[here < 0 ? 0 : Math.max(0, Math.min(hits.length - 1, here + step))].focus();
  }

  field.addEventListener("input", (event) => {
    if (event.isComposing) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      show(query());
      suggest(field.value);
    }, 120);
  });
  // Chinese input: the text counts when it is composed.
  field.addEventListener("compositionend", () => field.dispatchEvent(new InputEvent("input")));

  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const open = !list.hidden;
    if (event.key === "ArrowDown") {
      event.preventDefault();
      if (open && chosen < list.children.length - 1) choose(1);
      else {
        close();
        move(1);
      }
    } else if (event.key === "ArrowUp" && open) {
      event.preventDefault();
      choose(-1);
    } else if (event.key === "Enter") {
      if (open && chosen >= 0) {
        event.preventDefault();
        take(list.children[chosen].dataset.text);
      }
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (open) close();
      else {
        field.value = "";
        show(query());
      }
    }
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    close();
    show(query());
  });

  list.addEventListener("mousedown", (event) => {
    const item = event.target.closest("li");
    if (!item) return;
    event.preventDefault();
    take(item.dataset.text);
  });
  field.addEventListener("blur", close);

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || muniment.typing(event.target)) return;
    if (event.key === "ArrowDown" || event.key === "j") {
      event.preventDefault();
      move(1);
    } else if (event.key === "ArrowUp" || event.key === "k") {
      event.preventDefault();
      move(-1);
    } else if (event.key === "Escape" && !document.querySelector("details.menu[open]")) {
      field.focus();
      field.select();
    }
  });

  results.addEventListener("click", (event) => {
    const button = event.target.closest("[data-facets]");
    if (button) {
      const open = results.querySelector(".facets").classList.toggle("open");
      button.setAttribute("aria-expanded", String(open));
    }
  });

  // Coming back with the browser's button shows what was searched for then.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) show(location.search, { remember: false });
  });
})();
