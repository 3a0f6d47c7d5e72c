// A file field one can drop a file on: says the file's name and size; while htmx sends it, fills the progress bar.
export function startDrops() {
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"])
    document.addEventListener(kind, (event) => {
      const drop = event.target.closest?.(".drop");
      if (drop) drop.toggleAttribute("data-over", kind === "dragenter" || kind === "dragover");
    });
  document.addEventListener("change", (event) => {
    const drop = event.target.closest(".drop");
    if (drop) describe(drop, event.target.files);
  });
  document.body.addEventListener("htmx:xhr:progress", (event) => {
    const bar = event.target.querySelector?.("progress");
    if (!bar || !event.detail.lengthComputable) return;
    bar.hidden = false;
    bar.max = event.detail.total;
    bar.value = event.detail.loaded;
  });
}

function describe(drop, files) {
  const words = drop.querySelector("[data-chosen]");
  if (!words || !files.length) return;
  const unit = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
  words.textContent = [...files].map((file) => `${file.name} (${unit.format(file.size / 1024)} KB)`).join(", ");
}
