// What is typed in a form (<form method="post">) outlives the end of the session, a proof that is asked for and a refusal:
// it waits in this tab's own storage, sealed by a key the server shows to the account that typed it and to nobody else
// (<body data-who data-seal>), and is there again when that account comes back to the form. Pages without a key, and
// those with <body data-typed="waits">, stand in between; <body data-typed="again"> refused what was sent. Searches, passwords
// and one-time codes are never kept; log-out, another account and half a day end all. Without web cryptography nothing is kept.
const ITEM = "yteso-typed";
const LASTS_MS = 12 * 3600 * 1000;
const KINDS = new Set(["textarea", "select-one", "select-multiple", "text", "number", "tel", "email", "url", "date", "time", "datetime-local", "checkbox", "radio"]);

export async function startTyped() {
  if (!window.crypto?.subtle) {
    const words = document.getElementById("session-words");
    if (words) words.textContent = words.dataset.lost;
    return;
  }
  const { who, seal, typed } = document.body.dataset;
  const gone = new BroadcastChannel("yteso-log-out");
  const page = { who, forms: new Map(), over: false };
  const forget = () => {
    page.over = true;
    sessionStorage.removeItem(ITEM);
  };
  gone.addEventListener("message", forget);
  document.addEventListener("submit", ({ target }) => {
    if (!("leaves" in target.dataset)) return;
    forget();
    gone.postMessage("");
  });
  const found = stored();
  if (found && ((who && found.who !== who) || Date.now() - found.at > LASTS_MS)) forget();
  page.over = false;
  if (!seal || typed === "waits") return wait();
  page.key = await crypto.subtle.importKey("raw", bytes(seal), "AES-GCM", false, ["encrypt", "decrypt"]);
  await fillAgain(page, typed === "again");
  follow(page);
}

// A page in between: what is there stays for the next one.
function wait() {
  const found = stored();
  if (!found) return;
  put({ ...found, waits: true });
  for (const told of document.querySelectorAll("[data-typed-waits]")) told.hidden = false;
}

// A form that was interrupted, or was not sent while another of its page was, is filled; what else there is, is dropped.
async function fillAgain(page, refused) {
  const found = stored();
  if (!found) return;
  const kept = await opened(page, found);
  const here = new Map(forms().map((form) => [nameOf(form), form]));
  let first;
  for (const [name, draft] of kept) {
    const waits = draft.waits || found.waits || refused;
    const form = here.get(name);
    if (form && (waits || !draft.sent)) {
      page.forms.set(name, { ...draft, waits: false, sent: false });
      if (fill(form, draft.fields)) first ??= tell(page, form);
    } else if (!form && waits) page.forms.set(name, { ...draft, waits: true });
  }
  await save(page);
  if (!first || refused || document.querySelector("main .error-summary")) return;
  first.focus();
  document.querySelector(".heard").textContent = first.querySelector("p").textContent;
}

function follow(page) {
  document.addEventListener("input", ({ target: { form } }) => {
    if (!form || !isKept(form)) return;
    const fields = fieldsOf(form);
    if (fields.some(isChanged)) page.forms.set(nameOf(form), { fields: fields.map(read), sent: false });
    else page.forms.delete(nameOf(form));
    save(page);
  });
  document.addEventListener("submit", ({ target }) => {
    const draft = page.forms.get(nameOf(target));
    if (draft) draft.sent = true;
    save(page);
  });
  document.addEventListener("click", ({ target }) => {
    const form = target.closest("[data-forget]")?.form;
    if (!form) return;
    page.forms.delete(nameOf(form));
    save(page);
    form.reset();
    fieldsOf(form)[0].focus();
    form.querySelector(".typed-again").remove();
  });
}

// One after the other, so that the last state is the one that stays.
async function save(page) {
  page.dirty = true;
  if (page.saving) return;
  page.saving = true;
  while (page.dirty && !page.over) {
    page.dirty = false;
    const sealed = page.forms.size ? await closed(page) : null;
    if (page.over) break;
    if (!sealed) sessionStorage.removeItem(ITEM);
    else put(sealed);
  }
  page.saving = false;
}

function put(sealed) {
  try {
    sessionStorage.setItem(ITEM, JSON.stringify(sealed));
  } catch {
    sessionStorage.removeItem(ITEM); // More than a tab may keep: rather nothing than an older state.
  }
}

async function closed({ who, key, forms }) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify([...forms]));
  const data = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, text));
  return { who, at: Date.now(), iv: [...iv], data: [...data] };
}

async function opened({ key }, { iv, data }) {
  try {
    const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: new Uint8Array(iv) }, key, new Uint8Array(data));
    return JSON.parse(new TextDecoder().decode(text));
  } catch {
    return []; // Sealed by a key that is no more.
  }
}

function stored() {
  return JSON.parse(sessionStorage.getItem(ITEM));
}

function forms() {
  return [...document.querySelectorAll("main form")].filter(isKept);
}

function isKept(form) {
  return form.closest("main") && form.getAttribute("method") === "post" && form.getAttribute("role") !== "search" && fieldsOf(form).length > 0;
}

function fieldsOf(form) {
  return [...form.elements].filter((one) => KINDS.has(one.type) && one.name && !one.hidden && !/code|password|username/.test(one.autocomplete));
}

// Where it goes, and its first field: what an address has several forms for.
function nameOf(form) {
  return `${form.getAttribute("action") ?? location.pathname + location.search} ${fieldsOf(form)[0]?.id}`;
}

function isChanged(one) {
  if (isTicked(one)) return one.checked !== one.defaultChecked;
  if (one.options) return [...one.options].some((option) => option.selected !== option.defaultSelected) && one.value !== first(one);
  return one.value !== one.defaultValue;
}

function first(select) {
  return ([...select.options].find((option) => option.defaultSelected) ?? select.options[0])?.value;
}

function read(one) {
  return { name: one.name, value: one.value, ticked: isTicked(one) ? one.checked : null };
}

// True when the form says something else than before.
function fill(form, fields) {
  const before = JSON.stringify(fieldsOf(form).map(read));
  for (const { name, value, ticked } of fields) {
    const one = fieldsOf(form).find((other) => other.name === name && (!isTicked(other) || other.value === value));
    if (one && isTicked(one)) one.checked = ticked;
    else if (one) one.value = value;
  }
  for (let part = form.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
  return before !== JSON.stringify(fieldsOf(form).map(read));
}

function isTicked(one) {
  return one.type === "checkbox" || one.type === "radio";
}

function tell(page, form) {
  const told = document.getElementById("typed-again").content.firstElementChild.cloneNode(true);
  form.prepend(told);
  return told;
}

function bytes(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
