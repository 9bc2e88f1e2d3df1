// What an advocate does, and what the screen does by itself when the board changes.
import { batch } from "./vendor/signals.js";
import { setServerTime } from "./clock.js";
import { afterHard, respite, tone } from "./comfort.js";
import { get, post } from "./request.js";
import { lock } from "./session.js";
import {
  assertive, awaitsReply, busy, connection, dialog, doingNow, draftOf, entries, forgetWords,
  isMine, locked, lost, mine, onceFor, openEntry, openId, pane, pendingOnce, polite, sentOnce, setDraft, thread,
  toast, unread,
} from "./state.js";
import { dropOriginal, originalOf } from "./translation.js";
import { languageName, t, tOr } from "./words.js";

// The board -----------------------------------------------------------------------------------

export async function loadBoard() {
  const board = await get("/api/board").catch(failQuietly);
  if (!board || locked.value) return;
  setServerTime(board.now);
  take(new Map(board.entries.map((entry) => [entry.id, entry])));
}

// News of the stream: lines as they are now, and ids that left the board.
export function takeNews(news) {
  if (entries.value === null || locked.value) return;
  setServerTime(news.now);
  const next = new Map(entries.value);
  for (const entry of news.entries) next.set(entry.id, entry);
  for (const id of news.gone) next.delete(id);
  take(next);
  const open = openId.value;
  if (open && (news.gone.includes(open) || news.entries.some((entry) => entry.id === open))) {
    follow();
  }
}

function take(next) {
  const before = entries.value;
  batch(() => {
    entries.value = next;
    if (before === null) return;
    const fresh = [...next.values()].filter(
      (entry) => isImminentWaiting(entry) && !isImminentWaiting(before.get(entry.id)),
    );
    if (fresh.length > 0) announceImminent(fresh);
    const news = [...next.values()].filter(
      (entry) =>
        isMine(entry) && entry.id !== openId.value && before.has(entry.id) &&
        Date.parse(entry.last_inbound_at) > Date.parse(before.get(entry.id).last_inbound_at),
    );
    if (news.length > 0) unread.value = new Set([...unread.value, ...news.map((e) => e.id)]);
  });
}

const isImminentWaiting = (entry) => entry?.holder === "waiting" && entry.tier === "imminent";

function announceImminent(fresh) {
  const [first] = fresh;
  const values = {
    language: languageName(first.language),
    channel: tOr(`channel.${first.channel}`, first.channel),
    count: String(fresh.length),
  };
  // Changed text is what a screen reader announces: a second one must not read the same.
  const again = assertive.value.endsWith("\u00a0") ? "" : "\u00a0";
  const key = fresh.length === 1 ? "announce.imminent" : "announce.imminent_many";
  assertive.value = t(key, values) + again;
  tone();
}

// Opening and following -----------------------------------------------------------------------

export async function open(id) {
  batch(() => {
    openId.value = id;
    thread.value = null;
    lost.value = null;
    respite.value = null;
    pane.value = "thread";
    const rest = new Set(unread.value);
    rest.delete(id);
    unread.value = rest;
  });
  await follow();
}

export function leave() {
  batch(() => {
    openId.value = null;
    thread.value = null;
    lost.value = null;
    pane.value = "list";
  });
}

let following = null;
let again = false;

// Fetch what is new in the open conversation; calls that come meanwhile make one more fetch.
export function follow() {
  again = true;
  following ??= (async () => {
    while (again) {
      again = false;
      await fetchThread();
    }
  })().finally(() => {
    following = null;
  });
  return following;
}

async function fetchThread() {
  const id = openId.value;
  if (!id || locked.value) return;
  const known = thread.value?.id === id ? thread.value.messages : [];
  const after = known.at(-1)?.sequence ?? 0;
  let fresh;
  try {
    fresh = await get(`/api/conversations/${id}?after=${after}`);
  } catch (refusal) {
    if (openId.value !== id) return;
    if (refusal.code === "not_found") lose("lost.gone");
    else if (refusal.code === "not_yours") lose("lost.taken", refusal.holder);
    else failQuietly(refusal);
    return;
  }
  if (openId.value !== id || locked.value) return;
  const states = new Map(fresh.deliveries.map((one) => [one.message_id, one]));
  const messages = [...known, ...fresh.messages].map((message) => {
    const state = states.get(message.id);
    if (!state) return message;
    return { ...message, delivery: state.delivery, delivery_error: state.error, hold_until: state.hold_until };
  });
  settleDraft(id, messages);
  // The packet is what was known when the conversation was opened whole; it comes that once.
  const packet = fresh.packet ?? (thread.value?.id === id ? thread.value.packet : null);
  thread.value = { ...fresh, messages, packet };
}

// A reply whose answer was lost on the way arrived after all: its draft is done.
function settleDraft(id, messages) {
  const pending = pendingOnce(id);
  if (!pending || busy(`reply ${id}`)) return;
  if (!messages.some((message) => message.id === pending.once)) return;
  if (draftOf(id) === pending.text) setDraft(id, "");
  sentOnce(id);
}

function lose(key, name) {
  batch(() => {
    lost.value = { key, name: name ?? "", id: openId.value };
    openId.value = null;
    thread.value = null;
    dialog.value = null;
  });
}

// The verbs -----------------------------------------------------------------------------------

export const claim = (id) =>
  doing("claim", async () => {
    await post(`/api/conversations/${id}/claim`);
    await open(id);
    focusSoon("reply");
  });

// Pass on what is offered to me; the next one is asked at once.
export const decline = (id) =>
  doing("decline", async () => {
    await post(`/api/conversations/${id}/decline`);
    say("toast.passed_on");
    await loadBoard();
  });

export const claimNext = () =>
  doing("claim", async () => {
    const { id } = await post("/api/claim-next");
    if (id === null) {
      say("toast.nobody_waits");
      return;
    }
    await open(id);
    focusSoon("reply");
  });

// `thoughNotSafe`: the advocate was asked, and knows something that the line does not.
export const sendReply = (id, thoughNotSafe = false) =>
  doing(`reply ${id}`, async () => {
    const text = draftOf(id);
    if (!text.trim()) return;
    try {
      const body = { text, once: onceFor(id, text), though_not_safe: thoughNotSafe, ...originalOf(id) };
      await post(`/api/conversations/${id}/reply`, body);
    } catch (refusal) {
      if (refusal.code !== "not_safe") throw refusal;
      dialog.value = { kind: "unsafe" };
      return;
    }
    dialog.value = dialog.value?.kind === "unsafe" ? null : dialog.value;
    sentOnce(id);
    dropOriginal(id);
    // What was typed while the words were on their way stays.
    if (draftOf(id) === text) setDraft(id, "");
    polite.value = t("announce.sent");
    await follow();
  });

const TYPING_EVERY = 4_000;
let typingAt = 0;

// A visitor of the web chat sees that an answer is being typed; nothing of it is sent.
export function typing(id, channel) {
  if (channel !== "web" || Date.now() - typingAt < TYPING_EVERY) return;
  typingAt = Date.now();
  post(`/api/conversations/${id}/typing`).catch(() => {});
}

export const release = (id) =>
  doing("release", async () => {
    await post(`/api/conversations/${id}/release`, { seen: lastSeen() });
    ended(id, "toast.released");
  });

export const close = (id) =>
  doing("close", async () => {
    await post(`/api/conversations/${id}/close`, { seen: lastSeen() });
    ended(id, "toast.closed");
  });

export const lowerTier = (id, shown, tier, reason) =>
  doing("tier", async () => {
    await post(`/api/conversations/${id}/tier`, { shown, tier, reason });
    dialog.value = null;
    say("toast.lowered");
    await follow();
  });

export const addNote = (id, text) =>
  doing("note", async () => {
    await post(`/api/conversations/${id}/notes`, { text });
    await follow();
    return true;
  });

export const setPreference = (id, preference) =>
  doing("preference", async () => {
    await post(`/api/conversations/${id}/contact-preference`, preference);
    say("toast.reach_kept");
    await follow();
    return true;
  });

export const writePlan = (id, parts, shownAt) =>
  doing("plan", async () => {
    await post(`/api/conversations/${id}/safety-plan`, { parts, shown_at: shownAt });
    say("toast.plan_kept");
    await follow();
    return true;
  });

// Working together ----------------------------------------------------------------------------

export const transfer = (id, to, note) =>
  doing("transfer", async () => {
    const body = { ...to, seen: lastSeen(), note: note.trim() || null };
    await post(`/api/conversations/${id}/transfer`, body);
    ended(id, "toast.handed_on");
  });

export const invite = (id, colleague) =>
  doing("invite", async () => {
    await post(`/api/conversations/${id}/invite`, { advocate_id: colleague });
    say("toast.invited");
    await follow();
  });

export const leaveHelping = (id) =>
  doing("leave", async () => {
    await post(`/api/conversations/${id}/leave`);
    leave();
    focusSoon("list");
  });

export const whisper = (id, text) =>
  doing("whisper", async () => {
    await post(`/api/conversations/${id}/whisper`, { text });
    say("toast.whispered");
    await follow();
    return true;
  });

export const readWhisper = (id, noteId) =>
  doing("whisper", async () => {
    await post(`/api/conversations/${id}/whisper/${noteId}/read`);
    await follow();
  });

const lastSeen = () => thread.value?.messages.at(-1)?.sequence ?? 0;

function ended(id, key) {
  afterHard(entries.value?.get(id)?.tier ?? null);
  setDraft(id, "");
  dialog.value = null;
  say(key);
  if (openId.value !== id) return;
  leave();
  focusSoon("list");
}

async function doing(what, work) {
  if (busy(what)) return undefined;
  doingNow.value = new Set([...doingNow.value, what]);
  try {
    return await work();
  } catch (refusal) {
    fail(refusal);
    return undefined;
  } finally {
    const rest = new Set(doingNow.value);
    rest.delete(what);
    doingNow.value = rest;
  }
}

// Refusals ------------------------------------------------------------------------------------

export function fail(refusal) {
  if (refusal.code === undefined) throw refusal;
  if (refusal.code === "signed_out") {
    lock("signed_out");
    return;
  }
  if (refusal.code === "no_right") {
    forgetWords();
    location.assign("/");
    return;
  }
  dialog.value = null;
  if (refusal.code === "taken" || refusal.code === "not_yours") {
    const key = refusal.holder ? "problem.taken" : "problem.gone";
    say(key, { name: refusal.holder ?? "" }, "notice");
    loadBoard();
    follow();
    return;
  }
  if (refusal.code === "new_message" || refusal.code === "tier_moved") follow();
  say(tOr(`problem.${refusal.code}`, null) ? `problem.${refusal.code}` : "problem.internal", {}, "problem");
}

const TRY_AGAIN = 3_000;
let tryAgainAt = null;

// What the screen fetched by itself and did not get: no question of the advocate's is closed, and
// no line interrupts her; the state of the connection says it, and soon it is tried again.
function failQuietly(refusal) {
  if (!["unreachable", "unavailable", "internal"].includes(refusal.code)) {
    fail(refusal);
    return;
  }
  connection.value = "lost";
  tryAgainAt = Date.now() + TRY_AGAIN;
}

// Called every second: fetch what could not be fetched.
export function catchUp() {
  if (tryAgainAt === null || Date.now() < tryAgainAt) return;
  tryAgainAt = null;
  loadBoard();
  follow();
}

let number = 0;

export function say(key, values = {}, kind = "done") {
  number += 1;
  toast.value = { key, values, kind, number };
}

// Moving about --------------------------------------------------------------------------------

// The own conversation in which a person has waited longest for an answer.
export function openNextUnanswered() {
  const [next] = mine.value
    .filter(awaitsReply)
    .sort((a, b) => Date.parse(a.last_inbound_at) - Date.parse(b.last_inbound_at));
  if (!next) {
    say("toast.all_answered");
    return;
  }
  open(next.id).then(() => focusSoon("reply"));
}

// Focus an element as soon as it is drawn: `find` is its id, or a function that finds it. Whoever
// clicks meanwhile has chosen another place, and keeps it.
export function focusSoon(find, frames = 30) {
  let left = frames;
  const moved = new AbortController();
  const stop = () => moved.abort();
  document.addEventListener("pointerdown", stop, { capture: true, signal: moved.signal });
  const look = () => {
    if (moved.signal.aborted) return;
    const element = typeof find === "string" ? document.getElementById(find) : find();
    element?.focus();
    left -= 1;
    if (left < 0 || (element && document.activeElement === element)) stop();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

export const holdsOpen = () => isMine(openEntry.value);
