// On every page: menus that close, keys, copying.
"use strict";
document.documentElement.classList.add("js");

window.muniment = {
  csrf: () => document.querySelector("meta[name=csrf-token]")?.content ?? "",
  // A part of a page, or null when the sign-in has ended meanwhile (the page is then loaded anew).
  async part(address, signal) {
    const response = await fetch(address, { signal, headers: { Accept: "text/html" } });
    if (response.redirected) {
      location.reload();
      return null;
    }
    return response.ok ? response.text() : null;
  },
  // Narrow windows have no room for the heads of tables: each cell says of itself what it is.
  headed(root) {
    for (const table of root.querySelectorAll("table:has(thead)")) {
      const heads = [...table.tHead.rows[0].cells].map((head) => (head.querySelector(".unseen") ? "" : head.textContent.trim()));
      for (const row of table.querySelectorAll("tbody tr")) {
        for (const cell of [...row.cells].slice(1)) {
          const full = cell.textContent.trim() || cell.querySelector("input:not([type=hidden]), select");
          if (cell.colSpan === 1 && heads[cell.cellIndex] && full) cell.dataset.head = heads[cell.cellIndex];
        }
      }
    }
  },
  typing: (target) => target.closest("input, textarea, select, [contenteditable]") !== null,
};

muniment.headed(document);

// Where tabs scroll, the one that is shown is in view.
for (const here of document.querySelectorAll(".tabs [aria-current], .main-nav [aria-current]")) {
  const row = here.parentElement;
  row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;
}

// Parts of a page that are not waited for: they come when the rest is there, or not at all.
for (const place of document.querySelectorAll("[data-part]")) {
  muniment.part(place.dataset.part).then((part) => {
    place.innerHTML = part ?? "";
    place.hidden = !place.textContent.trim();
  });
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    navigator.clipboard?.writeText(copy.dataset.copy).then(() => {
      const before = copy.innerHTML;
      copy.textContent = copy.dataset.copied;
      setTimeout(() => (copy.innerHTML = before), 1200);
    });
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const menu = document.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (!event.defaultPrevented && event.target.id !== "q" && muniment.typing(event.target)) {
      // Out of a field, so that the keys of the page are heard again.
      event.target.blur();
    }
  }
  if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !muniment.typing(event.target)) {
    event.preventDefault();
    const field = document.getElementById("q");
    if (field) {
      field.focus();
      field.select();
    } else {
      location.assign(document.querySelector("a.brand").href);
    }
  }
});
