// Long work shows how far it is: the part of the page around it is asked again until it has ended.
"use strict";
(() => {
  const WAIT_MS = 2000;

  function watch(place) {
    const going = place.querySelector("[data-going]");
    if (!going) return;
    setTimeout(async () => {
      const part = await muniment.part(going.dataset.going).catch(() => "");
      if (part) {
        // Whoever has moved into it with the keyboard is not thrown out.
        const held = place.contains(document.activeElement) ? document.activeElement.closest("form")?.getAttribute("action") : null;
        // Either the part alone, or the page it stands in.
        const page = new DOMParser().parseFromString(part, "text/html");
        place.innerHTML = (page.getElementById(place.id) ?? page.body).innerHTML;
        // What else on the page tells of the same work says no other than it does.
        for (const other of document.querySelectorAll(`[data-with="${place.id}"]`)) {
          other.innerHTML = page.getElementById(other.id)?.innerHTML ?? other.innerHTML;
          muniment.headed(other);
        }
        muniment.headed(place);
        if (held) place.querySelector(`form[action="${CSS.escape(held)}"] button, a, button`)?.focus();
      }
      watch(place);
    }, WAIT_MS);
  }

  for (const going of document.querySelectorAll("[data-going]")) {
    const place = going.closest("[id]");
    if (place) watch(place);
  }
})();
