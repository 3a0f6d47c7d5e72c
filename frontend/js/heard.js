// What htmx put in place, for who does not see it: [data-focus] in it takes the focus, the words of [data-said] are
// spoken by the page's own live region, which was there before.
export function startHeard() {
  // What has to be corrected is read first, unless a field of the form waits for letters already.
  if (!document.querySelector("[autofocus]:not(dialog *)")) firstError()?.focus();
  document.body.addEventListener("htmx:load", ({ detail: { elt } }) => {
    find(elt, "[data-focus]")?.focus();
    const said = find(elt, "[data-said]");
    const voice = document.querySelector(".heard");
    const words = said?.textContent.trim();
    if (words && voice && voice.textContent !== words) voice.textContent = words;
  });
}

// The summary of errors; of a page that tells a refusal (<body data-typed="again">) that; the first wrong field.
function firstError() {
  const told = document.body.dataset.typed === "again" && document.querySelector("main .message--bad");
  if (told) told.tabIndex = -1;
  return document.querySelector("main .error-summary[tabindex]") || told || document.querySelector("main [aria-invalid='true']");
}

function find(part, what) {
  return part.matches?.(what) ? part : part.querySelector?.(what);
}
