// Turning pages without loading the whole page again: by the arrows on the keyboard or on the screen.
"use strict";
(() => {
  let asking = null;

  async function turn(search, { remember = true } = {}) {
    const viewer = document.getElementById("viewer");
    asking?.abort();
    asking = new AbortController();
    viewer.classList.add("turning");
    try {
      const part = await muniment.part(viewer.dataset.fragment + search, asking.signal);
      if (part === null) return;
      const focused = document.activeElement?.getAttribute("rel");
      viewer.outerHTML = part;
      if (focused) document.querySelector(`#viewer [rel=${focused}]`)?.focus();
      if (remember) history.replaceState(null, "", location.pathname + search);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    } finally {
      viewer.classList.remove("turning");
    }
  }

  // What was borrowed leaves the screen at the instant the loan ends, whether a page is turned or not.
  const ends = document.getElementById("loan-ends");
  if (ends) {
    const at = performance.now() + Number(ends.dataset.inS) * 1000;
    const wait = () => {
      const left = at - performance.now();
      // A timer holds no more than some weeks, and sleeps with the machine: it is set anew now and then.
      if (left > 0) return setTimeout(wait, Math.min(left, 60_000));
      asking?.abort();
      const panel = document.createElement("p");
      panel.className = "locked-panel";
      panel.setAttribute("role", "alert");
      panel.textContent = ends.dataset.ended;
      document.getElementById("viewer").replaceChildren(panel);
    };
    wait();
    document.addEventListener("visibilitychange", () => performance.now() >= at && wait());
  }

  // A page that does not come says so; a broken picture says nothing.
  function explain(image) {
    const panel = document.createElement("p");
    panel.className = "locked-panel";
    panel.setAttribute("role", "alert");
    panel.textContent = image.dataset.failed;
    image.replaceWith(panel);
  }
  document.addEventListener("error", (event) => event.target.matches?.("img.page") && explain(event.target), true);
  for (const image of document.querySelectorAll("img.page")) if (image.complete && !image.naturalWidth) explain(image);

  document.addEventListener("click", (event) => {
    const link = event.target.closest("#viewer [data-turn]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    turn(link.search);
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || muniment.typing(event.target)) return;
    const rel = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
    const link = rel && document.querySelector(`#viewer .turn [rel=${rel}]`);
    if (link) {
      event.preventDefault();
      turn(link.search);
    }
  });
})();
