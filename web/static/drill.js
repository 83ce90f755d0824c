// The clock of a drill, as the archive keeps it: this one only shows it.
"use strict";
(() => {
  const clock = document.querySelector(".drill-clock");
  if (!clock) return;
  const before = Number(clock.dataset.since);
  const began = performance.now();
  setInterval(() => {
    const seconds = before + (performance.now() - began) / 1000;
    clock.textContent = Math.floor(seconds);
    clock.classList.toggle("late", seconds > Number(clock.dataset.limit));
  }, 200);
})();
