// A session ends after quiet minutes: <body data-idle="SECONDS" data-alive="ADDRESS">. Work in the page (keys, pointer) is
// activity and is told to the server now and then, so that nobody loses a form while writing it. Two minutes before the
// end #session-ends asks (WCAG 2.2.1); after it the page leaves, so that no record stays where nobody looks. It also leaves
// when the session ended in another tab, or another account (not <body data-who>) signed in there.
const ASK_MS = 120000;
const TELL_MS = 240000;
const LOOK_MS = 5000;
const AUTO = { "Yteso-Auto": "1" };

export function startSession() {
  const { idle, alive, who } = document.body.dataset;
  const box = document.getElementById("session-ends");
  if (!idle || !box) return;
  const page = { box, alive, who, end: Date.now() + Number(idle) * 1000, told: Date.now(), asked: 0 };
  const work = () => {
    if (!box.open && Date.now() - page.told < TELL_MS) return;
    page.told = Date.now();
    ask(page, {});
  };
  document.addEventListener("keydown", work);
  document.addEventListener("pointerdown", work);
  // Escape and a click beside the box are work too; closing it before the server answered would hide a failure.
  box.addEventListener("cancel", (event) => event.preventDefault());
  setInterval(() => look(page), LOOK_MS);
  const seen = () => document.hidden || Date.now() - page.asked < LOOK_MS || ask(page, AUTO);
  for (const kind of ["visibilitychange", "live:off"]) document.addEventListener(kind, seen);
  window.addEventListener("pageshow", ({ persisted }) => persisted && ask(page, AUTO));
}

function look(page) {
  const left = page.end - Date.now();
  // Another tab may have worked: what counts is what the server says.
  if (left < (page.box.open ? 0 : ASK_MS)) ask(page, AUTO);
}

async function ask(page, headers) {
  page.asked = Date.now();
  let answer;
  try {
    answer = await fetch(page.alive, { headers, credentials: "same-origin", redirect: "manual" });
  } catch {
    return; // Away from the network: what is written stays on the page.
  }
  if (!answer.ok) {
    if (answer.type === "opaqueredirect") leave();
    return;
  }
  const said = await answer.json();
  if (said.who !== page.who) return leave();
  const left = said.left * 1000;
  page.end = Date.now() + left;
  if (left > ASK_MS) page.box.close();
  else if (!page.box.open) page.box.showModal();
}

// To the same address as who is signed in now, which is asked to sign in, is refused, or may see it.
function leave() {
  location.assign(location.pathname + location.search);
}
