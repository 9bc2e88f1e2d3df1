// The session of this screen: locking it, opening it again, signing out.
//
// Locking is honest: the session ends on the server, so a reload does not get past it. What was
// typed stays in memory for the same advocate. Nobody keeps a person waiting behind a locked
// screen: without a sign of life the conversations go back to the waiting list within a minute.
import { batch } from "./vendor/signals.js";
import { setServerTime } from "./clock.js";
import { blurred, loadChoice, respite, uncovered } from "./comfort.js";
import { connect, disconnect } from "./live.js";
import { signInWithPasskey } from "./passkey.js";
import { get, post, postLast } from "./request.js";
import { forgetOriginals, forgetTranslations } from "./translation.js";
import { loadWording } from "./wording.js";
import { dialog, forgetEverything, forgetWords, locked, me, toast } from "./state.js";

export async function start() {
  const found = await get("/api/me").catch(() => null);
  if (found === null) {
    location.assign("/sign-in");
    return;
  }
  begin(found);
}

function begin(found) {
  if (me.value !== null && me.value.id !== found.id) {
    forgetEverything();
    forgetOriginals();
  }
  setServerTime(found.now);
  batch(() => {
    me.value = found;
    locked.value = null;
    toast.value = null;
  });
  connect();
  loadChoice();
  loadWording();
}

export function lock(why) {
  if (locked.value) return;
  disconnect();
  batch(() => {
    forgetWords();
    forgetTranslations();
    dialog.value = null;
    blurred.value = false;
    respite.value = null;
    uncovered.value = new Set();
    locked.value = why;
  });
  if (why !== "signed_out") postLast("/api/sign-out").catch(() => {});
}

// Raises the API's Refusal when the password is not right.
export async function unlock(name, password, code) {
  begin(await post("/api/session", { name, password, code }));
}

// The same with a passkey; what the browser says when there is none is raised too.
export async function unlockWithPasskey() {
  begin(await signInWithPasskey());
}

export async function signOut() {
  disconnect();
  forgetEverything();
  forgetOriginals();
  await postLast("/api/sign-out").catch(() => {});
  location.assign("/sign-in");
}
