// Handing in files by dropping or choosing them: one request per file, with its progress and what became of it.
"use strict";
(() => {
  const form = document.querySelector("form.drop");
  const chooser = form.querySelector("input[type=file]");
  const results = form.querySelector(".upload-results");
  const waiting = [];
  let busy = 0;

  function hand(file) {
    const line = document.createElement("li");
    const name = document.createElement("span");
    const bar = document.createElement("progress");
    name.className = "upload-name";
    name.textContent = file.name;
    bar.max = 1;
    bar.value = 0;
    line.append(name, bar);
    results.prepend(line);
    waiting.push({ file, line, bar });
    next();
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
    request.addEventListener("loadend", () => {
      busy -= 1;
      bar.remove();
      const said = document.createElement("span");
      const answer = request.response;
      const good = request.status === 200 || request.status === 201;
      line.className = good ? "good" : "bad";
      said.textContent = good ? form.dataset[answer.outcome] : `${form.dataset.failed}: ${answer?.detail ?? form.dataset.offline}`;
      line.append(said);
      if (good && answer.id && document.getElementById("intake-state")) {
        const link = document.createElement("a");
        link.href = form.dataset.record.replace("ID", answer.id);
        link.textContent = "→";
        link.setAttribute("aria-label", file.name);
        line.append(link);
      }
      document.dispatchEvent(new CustomEvent("handed-in"));
      next();
    });
    request.send(body);
  }

  chooser.addEventListener("change", () => {
    [...chooser.files].forEach(hand);
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
    [...event.dataTransfer.files].forEach(hand);
  });
})();
