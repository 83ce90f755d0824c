// The description form: choosing a class by code or name, suggestions by one click, filing by Ctrl+Enter.
"use strict";
(() => {
  const form = document.querySelector("form[data-describe]");

  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("button.primary"));
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !form.contains(event.target)) {
      form.requestSubmit(form.querySelector("button.primary"));
    }
  });

  // What was typed survives a session that ended meanwhile: kept in this tab until it is known to have been saved.
  const draft = `draft ${location.pathname}`;
  const revision = form.elements.revision?.value;
  const typed = () => [...new FormData(form)].filter(([name, value]) => name !== "csrf_token" && typeof value === "string");
  form.addEventListener("submit", () => sessionStorage.setItem(draft, JSON.stringify({ revision, values: typed() })));
  const kept = JSON.parse(sessionStorage.getItem(draft) ?? "null");
  sessionStorage.removeItem(draft);
  // Another revision means that it was saved; a field with a problem means that the server gave it back itself.
  if (kept && kept.revision === revision && !form.querySelector("[aria-invalid], .problem")) {
    for (const [name, value] of kept.values) {
      const field = form.elements[name];
      if (field && field.type !== "hidden" && field.type !== "file") field.value = value;
    }
  }

  // What was typed is asked for before it is thrown away.
  let changed = false;
  form.addEventListener("input", () => (changed = true));
  form.addEventListener("submit", () => (changed = false));
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });

  form.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-fill]");
    if (!chip) return;
    const field = form.elements[chip.dataset.fill];
    const value = chip.dataset.value;
    if ("add" in chip.dataset) {
      const lines = field.value.split("\n").map((line) => line.trim()).filter(Boolean);
      field.value = (lines.includes(value) ? lines.filter((line) => line !== value) : [...lines, value]).join("\n");
    } else {
      field.value = value;
    }
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });

  for (const select of form.querySelectorAll("select[data-picker]")) pick(select);

  function press() {
    for (const chip of form.querySelectorAll("[data-fill]")) {
      const value = form.elements[chip.dataset.fill].value;
      const pressed = "add" in chip.dataset ? value.split("\n").includes(chip.dataset.value) : value === chip.dataset.value;
      chip.setAttribute("aria-pressed", String(pressed));
    }
  }
  form.addEventListener("input", press);
  form.addEventListener("change", press);
  press();

  // A select with many entries becomes a field one types into; the select stays and is what is sent.
  function pick(select) {
    const options = [...select.options].filter((option) => option.value);
    const box = document.createElement("div");
    const field = document.createElement("input");
    const list = document.createElement("ul");
    box.className = "picker";
    field.autocomplete = "off";
    field.placeholder = select.dataset.placeholder;
    field.id = `${select.id}-picker`;
    for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": `${select.id}-list`, "aria-autocomplete": "list" })) field.setAttribute(name, value);
    for (const name of ["aria-invalid", "aria-describedby"]) if (select.hasAttribute(name)) field.setAttribute(name, select.getAttribute(name));
    list.id = `${select.id}-list`;
    list.role = "listbox";
    list.hidden = true;
    form.querySelector(`label[for=${select.id}]`).htmlFor = field.id;
    for (const link of form.querySelectorAll(`a[href="#${select.id}"]`)) link.hash = field.id;
    select.hidden = true;
    select.before(box);
    box.append(field, list);
    let active = -1;

    const label = () => select.selectedOptions[0]?.textContent ?? "";
    const hint = box.parentElement.querySelector("[data-retention-of]");
    function show() {
      field.value = label();
      const retention = select.selectedOptions[0]?.dataset.retention;
      if (hint) hint.textContent = retention ? hint.dataset.retentionOf + retention : "";
    }
    function open() {
      const wanted = field.value === label() ? [] : field.value.toLowerCase().split(/\s+/).filter(Boolean);
      const fit = options.filter((option) => {
        const text = `${option.textContent} ${option.dataset.search}`.toLowerCase();
        return wanted.every((word) => text.includes(word));
      });
      list.replaceChildren(
        ...fit.map((option, number) => {
          const item = document.createElement("li");
          item.role = "option";
          item.id = `${list.id}-${number}`;
          item.dataset.value = option.value;
          item.textContent = option.textContent;
          return item;
        }),
      );
      if (!fit.length) {
        const none = document.createElement("li");
        none.className = "none";
        none.textContent = select.dataset.nothing;
        list.append(none);
      }
      list.hidden = false;
      field.setAttribute("aria-expanded", "true");
      activate(wanted.length && fit.length ? 0 : fit.findIndex((option) => option.selected));
    }
    function close() {
      list.hidden = true;
      field.setAttribute("aria-expanded", "false");
      field.removeAttribute("aria-activedescendant");
      show();
    }
    function activate(number) {
      const items = [...list.querySelectorAll("[data-value]")];
      active = items.length ? Math.max(-1, Math.min(items.length - 1, number)) : -1;
      items.forEach((item, place) => item.setAttribute("aria-selected", String(place === active)));
      if (active >= 0) {
        field.setAttribute("aria-activedescendant", items[active].id);
        items[active].scrollIntoView({ block: "nearest" });
      }
    }
    function take(value) {
      select.value = value;
      select.dispatchEvent(new Event("input", { bubbles: true }));
      select.dispatchEvent(new Event("change", { bubbles: true }));
      close();
    }
    // Choosing a class fills in the level it has by default.
    select.addEventListener("change", () => {
      const level = select.selectedOptions[0]?.dataset.level;
      const radio = level !== undefined && form.querySelector(`input[name=level][value="${level}"]`);
      if (radio) radio.checked = true;
      show();
    });
    field.addEventListener("focus", () => field.select());
    field.addEventListener("click", open);
    field.addEventListener("input", open);
    field.addEventListener("blur", close);
    field.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) open();
        else activate(active + (event.key === "ArrowDown" ? 1 : -1));
      } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && !list.hidden) {
        event.preventDefault();
        const item = list.querySelectorAll("[data-value]")[active];
        if (item) take(item.dataset.value);
      } else if (event.key === "Escape" && !list.hidden) {
        event.stopPropagation();
        close();
      }
    });
    list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const item = event.target.closest("[data-value]");
      if (item) take(item.dataset.value);
    });
    show();
  }
})();
