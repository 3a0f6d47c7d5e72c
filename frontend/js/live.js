// Server-sent topics -> DOM events. `<body data-live="ADDRESS">` names the stream; its event `TOPIC` becomes the
// event `live:TOPIC` on <body>, which tiles listen to (hx-trigger="live:marts from:body"). No data comes this way.
import { isByItself } from "./swaps.js";

const QUIET_MS = 400;
// A page that is being left loses its stream as well: only who is still here then has lost it.
const STAYS_MS = 250;

export function startLive() {
  const address = document.body.dataset.live;
  if (!address || !window.EventSource) return;
  const stream = new EventSource(address, { withCredentials: true });
  const waiting = new Map();
  const tell = (topic) => {
    // Many files may arrive within a moment: one refresh after the burst, at the latest 2 s after its start.
    const now = Date.now();
    const seen = waiting.get(topic) || { since: now };
    clearTimeout(seen.timer);
    const delay = now - seen.since > 2000 ? 0 : QUIET_MS;
    seen.timer = setTimeout(() => {
      waiting.delete(topic);
      document.body.dispatchEvent(new CustomEvent(`live:${topic}`));
    }, delay);
    waiting.set(topic, seen);
  };
  stream.onopen = () => show("on");
  stream.onerror = () => {
    show("off");
    setTimeout(() => document.dispatchEvent(new CustomEvent("live:off")), STAYS_MS);
  };
  for (const topic of ["intake", "record", "marts"]) stream.addEventListener(topic, () => tell(topic));
  window.addEventListener("pagehide", () => stream.close());
  // What the page asks by itself keeps no session alive.
  document.body.addEventListener("htmx:configRequest", ({ detail }) => {
    if (isByItself(detail)) detail.headers["Yteso-Auto"] = "1";
  });
}

function show(state) {
  for (const mark of document.querySelectorAll(".live")) {
    mark.dataset.state = state;
    const word = mark.querySelector(".live__word");
    if (word) word.textContent = mark.dataset[state];
  }
}
