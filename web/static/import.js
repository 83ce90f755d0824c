// Files of an import are sent one by one, only those that the table still waits for.
"use strict";
(() => {
  const form = document.querySelector("form.import");
  if (!form) return;
  const sum = form.querySelector(".upload-sum");
  const results = form.querySelector(".upload-results");
  const bar = document.getElementById("import-progress");
  form.querySelector(".scripted").hidden = false;

  function say(all, done, bad) {
    sum.textContent = form.dataset.sum.replace("DONE", done).replace("ALL", all).replace("BAD", bad);
  }

  function failed(name, why) {
    const line = document.createElement("li");
    const called = document.createElement("span");
    const said = document.createElement("span");
    line.className = "bad";
    called.className = "upload-name";
    called.textContent = name;
    said.textContent = why;
    line.append(called, said);
    results.append(line);
  }

  async function send(file) {
    const path = file.webkitRelativePath || file.name;
    const body = new FormData();
    body.append("path", path);
    body.append("file", file, file.name);
    const answer = await fetch(form.action, {
      method: "POST",
      body,
      headers: { Accept: "application/json", "X-CSRFToken": muniment.csrf() },
    }).catch(() => null);
    if (!answer?.ok) {
      const detail = await answer?.json().catch(() => null);
      failed(path, detail?.detail ?? form.dataset.offline);
      return false;
    }
    const rows = await answer.json();
    for (const row of rows) if (row.problem) failed(path, row.problem);
    bar.value += rows.filter((row) => row.outcome !== "refused").length;
    return rows.every((row) => !row.problem);
  }

  // One press, one sending: a second one while files are on their way would send them twice.
  let busy = false;

  function work(on) {
    busy = on;
    for (const one of form.querySelectorAll("input[type=file], button")) one.disabled = on;
  }

  async function hand(files) {
    const awaited = new Set(await (await fetch(form.dataset.awaited)).json());
    const queue = files.filter((file) => awaited.has(file.name.normalize("NFC")));
    if (!queue.length) {
      sum.textContent = form.dataset.others;
      return;
    }
    let [done, bad, next] = [0, 0, 0];
    say(queue.length, done, bad);
    const sender = async () => {
      while (next < queue.length) {
        if (!(await send(queue[next++]))) bad += 1;
        done += 1;
        say(queue.length, done, bad);
      }
    };
    await Promise.all([sender(), sender()]);
    // What was refused stays on the screen; otherwise the page shows the rows as they stand now.
    if (!bad) location.reload();
  }

  // Nothing is sent before the person says so: both fields show what is chosen in them.
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (busy) return;
    const files = [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
    if (files.length) {
      work(true);
      hand(files)
        .catch(() => (sum.textContent = form.dataset.offline))
        .finally(() => work(false));
    } else sum.textContent = form.dataset.none;
  });
})();
