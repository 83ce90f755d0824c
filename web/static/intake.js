// The state of the intake follows by itself, as long as somebody looks.
"use strict";
(() => {
  const state = document.getElementById("intake-state");
  let last = "";

  async function refresh() {
    if (document.hidden || state.contains(document.activeElement)) return;
    const part = await muniment.part(state.dataset.state).catch(() => null);
    // Form tokens change with every answer; what people see does not.
    const seen = part?.replace(/name="csrf_token" value="[^"]*"/g, "");
    if (part !== null && seen !== last) {
      state.innerHTML = part;
      muniment.headed(state);
      last = seen;
    }
  }
  setInterval(refresh, 4000);
  document.addEventListener("handed-in", refresh);
  document.addEventListener("visibilitychange", refresh);
})();
