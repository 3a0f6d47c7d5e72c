// What htmx puts in place of a part keeps what the reader does there: the focus, the <details> that are open, how far a
// table is drawn sideways. What went wrong (HX-Retarget, web/errors.py) stands in the page, so that its reason is read.
export function startSwaps() {
  const kept = new Map();
  document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.xhr.status >= 400 && !isByItself(detail.requestConfig))
      detail.shouldSwap = isTold(detail.xhr);
    if (detail.shouldSwap) kept.set(detail.target.id, look(detail.target));
  });
  document.body.addEventListener("htmx:afterSwap", ({ detail, target }) => {
    if (isTold(detail.xhr)) document.getElementById("content")?.focus();
    else restore(target, kept.get(target.id));
    kept.delete(target.id);
  });
}

// True for what no press of a reader began: news (`live:…`) and asking again (`every 2s`).
export function isByItself({ triggeringEvent }) {
  return !triggeringEvent || triggeringEvent.type.startsWith("live:");
}

// True when the answer is a page that says what went wrong.
export function isTold(xhr) {
  return Boolean(xhr.getResponseHeader("HX-Retarget"));
}

function look(part) {
  const here = document.activeElement;
  return {
    focus: part.contains(here) ? { like: here, at: alike(part, here).indexOf(here) } : null,
    open: [...part.querySelectorAll("details")].map((one) => one.open),
    drawn: [...part.querySelectorAll(".table-wrap")].map((one) => one.scrollLeft),
  };
}

function restore(part, seen) {
  if (!seen) return;
  part.querySelectorAll("details").forEach((one, at) => (one.open ||= seen.open[at] ?? false));
  part.querySelectorAll(".table-wrap").forEach((one, at) => (one.scrollLeft = seen.drawn[at] ?? 0));
  if (!seen.focus || part.contains(document.activeElement)) return;
  const again = alike(part, seen.focus.like)[seen.focus.at];
  if (!again) part.tabIndex = -1; // What had it is gone: where it was is the next best place.
  (again ?? part).focus({ preventScroll: true });
}

function alike(part, one) {
  const names = ["href", "name", "value"];
  return [...part.querySelectorAll(one.tagName)].filter((other) =>
    names.every((name) => other.getAttribute(name) === one.getAttribute(name)),
  );
}
