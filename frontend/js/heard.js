// What htmx put in place, for who does not see it: [data-focus] in it takes the focus, the words of [data-said] are
// spoken by the page's own live region, which was there before.
export function startHeard() {
  document.body.addEventListener("htmx:load", ({ detail: { elt } }) => {
    find(elt, "[data-focus]")?.focus();
    const said = find(elt, "[data-said]");
    const voice = document.querySelector(".heard");
    if (said && voice) voice.textContent = said.textContent.trim();
  });
}

function find(part, what) {
  return part.matches?.(what) ? part : part.querySelector?.(what);
}
