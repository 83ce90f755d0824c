// Marking records in a list: x marks, Shift+x marks up to here, Esc clears; a click with Shift does the same.
"use strict";
(() => {
  const boxes = () => [...document.querySelectorAll("input[name=record][form=select]")];
  let last = null;

  // Only what is new is written: the page is watched, and what is written is seen too.
  function say(place, text) {
    if (place && place.textContent !== text) place.textContent = text;
  }

  function tell() {
    const count = boxes().filter((one) => one.checked).length;
    const live = document.querySelector("#select [data-live]");
    say(document.querySelector("#select [data-count]"), count ? ` ${count}` : "");
    say(live, count ? live?.dataset.live.replace("COUNT", count) : "");
  }

  function mark(box, range) {
    const all = boxes();
    const from = all.indexOf(last);
    if (range && from >= 0) {
      const [first, end] = [from, all.indexOf(box)].sort((a, b) => a - b);
      for (const one of all.slice(first, end + 1)) one.checked = last.checked;
    }
    last = box;
    tell();
  }

  document.addEventListener("click", (event) => {
    const box = event.target.closest?.("input[name=record][form=select]");
    if (box) mark(box, event.shiftKey);
  });

  document.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const typing = event.target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
      if (typing) return;
      if (event.key === "x" || event.key === "X") {
        const row = document.activeElement.closest("li, tr");
        const box = row?.querySelector("input[name=record][form=select]") ?? boxes()[0];
        if (!box) return;
        event.preventDefault();
        if (!event.shiftKey) box.checked = !box.checked;
        mark(box, event.shiftKey);
        if (!row) (box.closest("li, tr").querySelector("a") ?? box).focus();
      } else if (event.key === "Escape" && !document.querySelector("details.menu[open]") && boxes().some((one) => one.checked)) {
        event.preventDefault();
        event.stopPropagation();
        for (const one of boxes()) one.checked = false;
        last = null;
        tell();
      }
    },
    true,
  );

  // Hits come and go while somebody types; what a browser remembers of a page is marked already.
  new MutationObserver(tell).observe(document.getElementById("content"), { childList: true, subtree: true });
  tell();
})();
