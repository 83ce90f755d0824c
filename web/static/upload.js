// Files and folders are chosen or dropped, looked at as a list, and handed in when the person says so: one request per
// file, with its progress and what became of it.
"use strict";
(() => {
  const form = document.querySelector("form.drop");
  const chooser = form.querySelector("input[type=file]");
  const results = form.querySelector(".upload-results");
  const sum = form.querySelector(".upload-sum");
  const list = form.querySelector(".upload-chosen");
  const chosen = [];
  const waiting = [];
  const count = { all: 0, done: 0, bad: 0 };
  let busy = 0;

  function piece(line, text, name = "") {
    const said = document.createElement("span");
    said.className = name;
    said.textContent = text;
    line.append(said);
    return said;
  }

  // Without scripts the field itself says what is chosen, and the form is sent as any other.
  chooser.classList.add("unseen");
  form.querySelector(".scripted").hidden = false;

  function size(bytes) {
    return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
  }

  function lay(file) {
    const line = document.createElement("li");
    const off = document.createElement("button");
    piece(line, file.name, "upload-name");
    piece(line, size(file.size), "muted small");
    off.type = "button";
    off.className = "quiet";
    off.textContent = "×";
    off.setAttribute("aria-label", form.dataset.remove.replace("NAME", file.name));
    off.addEventListener("click", () => {
      const place = chosen.findIndex((one) => one.file === file);
      chosen.splice(place, 1);
      line.remove();
      (list.querySelectorAll("button")[place] ?? list.querySelector("li:last-child button") ?? chooser).focus();
      tell();
    });
    line.append(off);
    list.append(line);
    chosen.push({ file, line });
    tell();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!chosen.length) {
      sum.textContent = form.dataset.none;
      chooser.focus();
      return;
    }
    const now = chosen.splice(0);
    list.replaceChildren();
    now.forEach(({ file }) => hand(file));
  });

  // What was chosen and not handed in is asked for before it is thrown away, and so is what is on its way.
  window.addEventListener("beforeunload", (event) => {
    if (chosen.length || busy) event.preventDefault();
  });

  function hand(file) {
    const line = document.createElement("li");
    piece(line, file.name, "upload-name");
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    line.append(bar);
    results.prepend(line);
    waiting.push({ file, line, bar });
    count.all += 1;
    tell();
    next();
  }

  function tell() {
    if (chosen.length) {
      const bytes = chosen.reduce((together, { file }) => together + file.size, 0);
      sum.textContent = form.dataset.chosen.replace("COUNT", chosen.length).replace("SIZE", size(bytes));
      return;
    }
    const { all, done, bad } = count;
    sum.textContent = !all ? "" : form.dataset.sum.replace("DONE", done).replace("ALL", all).replace("BAD", bad);
  }

  function next() {
    if (busy >= 2 || !waiting.length) return;
    const { file, line, bar } = waiting.shift();
    busy += 1;
    const body = new FormData();
    for (const name of ["site", "level"]) if (form.elements[name].value) body.append(name, form.elements[name].value);
    body.append("file", file, file.name);
    const request = new XMLHttpRequest();
    request.open("POST", form.dataset.upload);
    request.setRequestHeader("X-CSRFToken", muniment.csrf());
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => event.lengthComputable && (bar.value = event.loaded / event.total));
    request.upload.addEventListener("load", () => {
      // It has arrived; until it is kept and read back nobody says that it is.
      bar.removeAttribute("value");
      bar.title = form.dataset.keeping;
    });
    request.addEventListener("loadend", () => {
      busy -= 1;
      bar.remove();
      const answer = request.response;
      const taken = request.status === 200 || request.status === 201;
      const good = taken && answer.outcome !== "quarantined";
      line.className = good ? "good" : "bad";
      const outcome = taken ? form.dataset[answer.outcome] : form.dataset.failed;
      piece(line, good ? outcome : `${outcome}${form.dataset.between}${answer?.detail ?? form.dataset.offline}`);
      if (taken && answer.id && document.getElementById("intake-state")) {
        const link = document.createElement("a");
        link.href = form.dataset.record.replace("ID", answer.id);
        link.textContent = "→";
        link.setAttribute("aria-label", file.name);
        line.append(link);
      }
      count.done += 1;
      if (!good) count.bad += 1;
      tell();
      document.dispatchEvent(new CustomEvent("handed-in"));
      next();
    });
    request.send(body);
  }

  // What was dropped may be a folder, with folders inside: a browser hands over their names in parts.
  async function walk(entry) {
    if (entry.isFile) return entry.file(lay, () => {});
    const reader = entry.createReader();
    for (;;) {
      const part = await new Promise((resolve, reject) => reader.readEntries(resolve, reject)).catch(() => []);
      if (!part.length) return;
      for (const one of part) await walk(one);
    }
  }

  chooser.addEventListener("change", () => {
    [...chooser.files].forEach(lay);
    chooser.value = "";
  });
  // Anywhere on the page will do; a file dropped beside the frame must not replace the page.
  let depth = 0;
  document.addEventListener("dragenter", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    depth += 1;
    form.classList.add("over");
  });
  document.addEventListener("dragleave", () => {
    depth = Math.max(0, depth - 1);
    if (!depth) form.classList.remove("over");
  });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    depth = 0;
    form.classList.remove("over");
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    if (entries.length) entries.forEach(walk);
    else [...event.dataTransfer.files].forEach(lay);
  });
})();
