// What htmx put in place, for who does not see it: [data-focus] in it takes the focus, the words of [data-said] are
// spoken by the page's own live region, which was there before.
export function startHeard() {
  // What has to be corrected is read first, unless a field of the form waits for letters already.
  if (!document.querySelector("[autofocus]:not(dialog *)")) document.querySelector("main .error-summary[tabindex]")?.focus();
  document.body.addEventListener("htmx:load", ({ detail: { elt } }) => {
    find(elt, "[data-focus]")?.focus();
    const said = find(elt, "[data-said]");
    const voice = document.querySelector(".heard");
    const words = said?.textContent.trim();
    if (words && voice && voice.textContent !== words) voice.textContent = words;
  });
}

function find(part, what) {
  return part.matches?.(what) ? part : part.querySelector?.(what);
}
