// <form data-passkey="make|sign"> asks the browser for a passkey when its button is pressed and sends the answer as
// JSON in its field `credential`. What to ask is in `data-options`, or fetched from `data-from`. Hidden without support.
export function startPasskeys() {
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) return;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(form);
    });
  }
}

async function ask(form) {
  const told = form.querySelector("[data-told]");
  told.textContent = "";
  try {
    const { publicKey } = form.dataset.options ? JSON.parse(form.dataset.options) : await fetched(form.dataset.from);
    const answer =
      form.dataset.passkey === "make"
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
    form.elements.credential.value = JSON.stringify(answer);
    form.submit();
  } catch {
    told.textContent = form.dataset.failed;
  }
}

async function fetched(address) {
  const answer = await fetch(address, { credentials: "same-origin" });
  return answer.json();
}
