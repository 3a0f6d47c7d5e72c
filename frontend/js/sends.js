// A form that is on its way is not sent again: on a slow line an impatient second press would do the same thing twice.
// Its button shows that it works, and who does not see it is told. A form that answers with a file (<form data-file>)
// leaves the page as it is and may be sent again.
const GIVE_UP_MS = 30000;

export function startSends() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.getAttribute("method") !== "post" || "file" in form.dataset) return;
    if ("sent" in form.dataset) event.preventDefault();
    else send(form, event.submitter);
  });
  // Back from the next page: what the browser kept of this one can be sent again.
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(free));
}

function send(form, button) {
  form.dataset.sent = "";
  button?.setAttribute("aria-busy", "true");
  const voice = document.querySelector(".heard");
  if (voice) voice.textContent = document.body.dataset.sending;
  setTimeout(() => free(form), GIVE_UP_MS);
}

function free(form) {
  delete form.dataset.sent;
  form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
}
