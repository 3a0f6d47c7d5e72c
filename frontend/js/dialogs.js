// <button data-opens="ID"> opens <dialog id="ID">; [data-closes] inside it closes. The browser keeps focus and Escape.
export function startDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens)?.showModal();
    if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
    if (event.target.matches("dialog:not(#session-ends)")) event.target.close();
  });
}
