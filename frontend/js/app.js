// The page's own behaviour; every page works without it (links, forms, <details>), it only makes them quicker.
import "htmx.org/dist/htmx.js";
import { startCountdown } from "./countdown.js";
import { startDialogs } from "./dialogs.js";
import { startDrops } from "./drops.js";
import { startHeard } from "./heard.js";
import { startLive } from "./live.js";
import { startPasskeys } from "./passkeys.js";
import { startSends } from "./sends.js";
import { startSession } from "./session.js";
import { startShell } from "./shell.js";
import { startSwaps } from "./swaps.js";
import { startTyped } from "./typed.js";

startShell();
startCountdown();
startDialogs();
startDrops();
startHeard();
startLive();
startPasskeys();
startSends();
startSession();
startSwaps();
startTyped();
