// <span data-until="2026-11-26T05:10:00+07:00">3:59</span>: hours and minutes that are left, kept true. When they run out
// before one's eyes the page is asked for anew, because what it shows is closed. (A clock that is wrong reloads nothing.)
const EVERY_MS = 10000;

export function startCountdown() {
  const shown = [...document.querySelectorAll("[data-until]")];
  if (shown.length) tick(shown, false);
}

function tick(shown, running) {
  const left = shown.map((one) => Math.max(0, Math.ceil((new Date(one.dataset.until) - Date.now()) / 60000)));
  shown.forEach((one, at) => {
    one.textContent = `${Math.floor(left[at] / 60)}:${String(left[at] % 60).padStart(2, "0")}`;
  });
  if (Math.min(...left) > 0) setTimeout(() => tick(shown, true), EVERY_MS);
  else if (running) location.reload();
}
