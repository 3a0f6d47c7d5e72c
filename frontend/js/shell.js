// The frame: the rail on narrow screens, menus that close, the "/" key, fields that send their form, toasts.
import { isByItself, isTold } from "./swaps.js";

export function startShell() {
  document.addEventListener("click", (event) => {
    const toggle = event.target.closest("[data-rail]");
    const rail = document.getElementById("rail");
    if (toggle && rail) {
      event.preventDefault();
      setRail(rail, !rail.hasAttribute("data-open"));
    } else if (rail && rail.hasAttribute("data-open") && !rail.contains(event.target)) setRail(rail, false);
    for (const menu of document.querySelectorAll("details.menu[open]"))
      if (!menu.contains(event.target)) menu.open = false;
    event.target.closest("[data-dismiss]")?.closest(".toast")?.remove();
    if (event.target.closest("[data-print]")) window.print();
    toast(event.target.closest("[data-toast]")?.dataset.toast);
  });
  document.addEventListener("keydown", onKey);
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-send]")) event.target.form.requestSubmit();
  });
  for (const kind of ["htmx:responseError", "htmx:sendError"]) document.body.addEventListener(kind, onFailure);
  showTab();
}

// What a reader sent did not arrive; or the page did not get its news, and still shows what it showed. A right that is
// gone takes the page with it; a refusal of what one sent is shown as a page (swaps.js).
function onFailure({ detail: { xhr, requestConfig } }) {
  if (!isByItself(requestConfig)) {
    if (!isTold(xhr)) toast(document.body.dataset.failed);
  } else if (xhr.status === 403) location.reload();
  else toast(document.body.dataset.stale);
}

// A row of tabs that is drawn sideways begins where one is.
function showTab() {
  const here = document.querySelector(".tabs [aria-current]");
  if (here) here.parentElement.scrollLeft = here.offsetLeft - here.parentElement.offsetLeft - 24;
}

function setRail(rail, open) {
  rail.toggleAttribute("data-open", open);
  document.querySelector("[data-rail]")?.setAttribute("aria-expanded", String(open));
  if (open) rail.querySelector("a")?.focus();
}

function onKey(event) {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing) {
    const box = document.querySelector("[data-hotkey='/']");
    if (box) {
      event.preventDefault();
      box.focus();
      box.select();
    }
  }
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  const rail = document.getElementById("rail");
  if (rail?.hasAttribute("data-open")) {
    setRail(rail, false);
    document.querySelector("[data-rail]")?.focus();
  }
}

export function toast(text) {
  const list = document.querySelector(".toasts");
  if (!list || !text || list.textContent === text) return;
  list.replaceChildren();
  const item = document.createElement("div");
  item.className = "toast";
  const words = document.createElement("span");
  words.textContent = text;
  item.append(words);
  list.append(item);
  setTimeout(() => item.remove(), 8000);
}
