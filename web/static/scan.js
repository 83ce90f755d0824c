// A label is read with the camera: in the picture of a video where the browser can, else by a photo that the server reads.
"use strict";
(() => {
  for (const field of document.querySelectorAll("input[data-scan]")) {
    const box = field.closest("form");
    const words = document.getElementById("scan-words")?.dataset;
    const camera = document.getElementById("scan-photo");
    if (!words || !camera) continue;
    const use = (said) => {
      field.value = said;
      field.form.requestSubmit();
    };
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words.camera;
    const below = document.createElement("p");
    below.className = "offers";
    below.append(button);
    field.insertAdjacentElement("afterend", below);
    const trouble = document.createElement("p");
    trouble.setAttribute("role", "status");
    trouble.className = "muted small";
    below.insertAdjacentElement("afterend", trouble);

    button.addEventListener("click", async () => {
      if (!("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) return camera.click();
      let stream;
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      } catch {
        return camera.click();
      }
      const video = document.createElement("video");
      video.autoplay = video.playsInline = true;
      video.srcObject = stream;
      video.className = "page";
      box.append(video);
      const end = () => {
        for (const track of stream.getTracks()) track.stop();
        video.remove();
      };
      button.addEventListener("click", end, { once: true });
      const detector = new window.BarcodeDetector({ formats: ["qr_code", "code_128"] });
      const look = async () => {
        if (!video.isConnected) return;
        const found = await detector.detect(video).catch(() => []);
        if (!found.length) return setTimeout(look, 150);
        end();
        use(found[0].rawValue);
      };
      video.addEventListener("playing", look, { once: true });
    });

    camera.addEventListener("change", async () => {
      const photo = camera.files[0];
      camera.value = "";
      if (!photo) return;
      trouble.textContent = words.reading;
      const form = new FormData();
      form.append("photo", photo);
      const answer = await fetch(words.address, { method: "POST", body: form, headers: { "X-CSRFToken": muniment.csrf() } });
      const said = answer.ok ? (await answer.json()).label : "";
      trouble.textContent = said ? "" : words.failed;
      if (said) use(said);
    });
  }
})();
