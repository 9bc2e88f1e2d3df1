// The live connection: events in, signs of life out, and the watch over an abandoned screen.
//
// A hidden tab's timers are slowed to one a minute, its connections are not: the server's beat
// drives the sign of life that keeps the advocate's conversations theirs.
import { catchUp, follow, loadBoard, takeNews } from "./actions.js";
import { now, tick } from "./clock.js";
import { post } from "./request.js";
import { lock } from "./session.js";
import { connection, dialog, locked, me } from "./state.js";

const TICK = 1_000;
const SIGN_EVERY = 15_000;
const SILENT_TOO_LONG = 40_000;
const TRY_AGAIN = 3_000;
const WARN_BEFORE = 60_000;

let source = null;
let ticking = null;
let heardAt = 0;
let signedAt = 0;
let activeAt = Date.now();
let activeSince = 0;

export function connect() {
  disconnect();
  connection.value = "connecting";
  heardAt = activeAt = Date.now();
  signedAt = 0;
  listen();
  ticking = setInterval(beat, TICK);
  sign();
}

export function disconnect() {
  source?.close();
  source = null;
  clearInterval(ticking);
}

function listen() {
  source?.close();
  source = new EventSource("/api/events");
  const on = (name, take) =>
    source.addEventListener(name, (event) => {
      heardAt = Date.now();
      connection.value = "live";
      take(event.data);
    });
  on("look", () => {
    loadBoard();
    follow();
  });
  on("board", (data) => takeNews(JSON.parse(data)));
  on("beat", sign);
  on("reconnect", () => {});
  on("signed_out", () => lock("signed_out"));
  source.onerror = () => {
    connection.value = "lost";
    // Refused for good (signed out, or the desk is down): ask again, which also shows which.
    if (source?.readyState === EventSource.CLOSED) setTimeout(again, TRY_AGAIN);
  };
}

function again() {
  if (locked.value || source === null || source.readyState !== EventSource.CLOSED) return;
  sign();
  listen();
}

// Say that this screen is alive, and whether a human is.
async function sign() {
  signedAt = Date.now();
  const active = activeAt > activeSince;
  activeSince = Date.now();
  try {
    await post("/api/heartbeat", { active });
  } catch (refusal) {
    if (active) activeSince = 0;
    if (refusal.code === "signed_out") lock("signed_out");
    else connection.value = "lost";
  }
}

function beat() {
  tick();
  if (locked.value) return;
  const time = Date.now();
  const idle = time - activeAt;
  const limit = me.value.idle_seconds * 1_000;
  if (idle > limit) {
    lock("idle");
    return;
  }
  if (idle > limit - WARN_BEFORE && dialog.value?.kind !== "idle") {
    dialog.value = { kind: "idle", before: dialog.value };
  }
  catchUp();
  if (time - signedAt > SIGN_EVERY + TICK) sign();
  // A connection can die without a word (a lost network, a sleeping machine).
  if (time - heardAt > SILENT_TOO_LONG) {
    heardAt = time;
    connection.value = "lost";
    listen();
  }
}

export const secondsToLock = () =>
  now.value && Math.max(0, Math.ceil((me.value.idle_seconds * 1_000 - (Date.now() - activeAt)) / 1_000));

export function stillHere() {
  activeAt = Date.now();
  if (dialog.value?.kind === "idle") dialog.value = dialog.value.before;
  sign();
}

export function watchActivity() {
  const active = () => {
    if (locked.value || dialog.value?.kind === "idle") return;
    activeAt = Date.now();
  };
  for (const name of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"]) {
    addEventListener(name, active, { passive: true, capture: true });
  }
  addEventListener("online", again);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && me.value && !locked.value) {
      sign();
      loadBoard();
      follow();
    }
  });
}
