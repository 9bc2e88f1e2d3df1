// What the screen knows. Words of people are held for the one conversation that is open, drafts in
// memory only; nothing is written to the browser's storage.
import { batch, computed, signal } from "./vendor/signals.js";
import { rank } from "./marks.js";

export const me = signal(null);
// null, or why the screen is locked: "idle", "by_hand", "signed_out".
export const locked = signal(null);
// "connecting", "live", "lost"
export const connection = signal("connecting");

// The board, by id. null until it was fetched once.
export const entries = signal(null);

export const openId = signal(null);
// The open conversation as the API gave it, messages gathered; null while it is fetched.
export const thread = signal(null);
// Why the conversation that was open is no longer: {key, name}.
export const lost = signal(null);
// What is being done right now, so that a button is not pressed twice.
export const doingNow = signal(new Set());
export const busy = (what) => doingNow.value.has(what);
// One line for the eye: {key, values, kind}.
export const toast = signal(null);
// One line for screen readers; assertive is for a new imminent conversation.
export const polite = signal("");
export const assertive = signal("");
// null or {kind: "close" | "release" | "tier" | "help" | "idle"}
export const dialog = signal(null);
// "list", "thread" or "why": what a narrow screen shows.
export const pane = signal("list");
export const shortcuts = signal(true);

const drafts = signal(new Map());
const onces = new Map();
// Ids of own conversations with words that this screen has not shown yet.
export const unread = signal(new Set());

const byUrgency = (a, b) =>
  rank(b.tier) - rank(a.tier) || Date.parse(a.waiting_since) - Date.parse(b.waiting_since);

const sorted = computed(() => [...(entries.value ?? new Map()).values()].sort(byUrgency));

export const waiting = computed(() => sorted.value.filter((e) => e.holder === "waiting"));
export const mine = computed(() =>
  sorted.value.filter((e) => e.holder === "advocate" && e.advocate_id === me.value?.id),
);
export const helping = computed(() => sorted.value.filter(helps));
export const others = computed(() =>
  sorted.value.filter((e) => e.holder === "advocate" && e.advocate_id !== me.value?.id && !helps(e)),
);
export const imminent = computed(() => waiting.value.filter((e) => e.tier === "imminent"));

export const openEntry = computed(() => entries.value?.get(openId.value) ?? null);
export const isMine = (entry) =>
  entry !== null && entry.holder === "advocate" && entry.advocate_id === me.value?.id;
// Whoever holds it, and a colleague who was asked in: both write.
export const helps = (entry) => entry?.holder === "advocate" && entry.joined.includes(me.value?.id);
export const takesPart = (entry) => isMine(entry) || helps(entry);
export const canClaim = (entry) => entry !== null && entry.holder === "waiting";
// Asked first whether I take it: by the line, or by a colleague who handed it on.
export const offeredToMe = (entry) =>
  canClaim(entry) && (entry.offered_to === me.value?.id || entry.wants === me.value?.id);
// The person wrote after our last reply.
export const awaitsReply = (entry) =>
  entry.last_reply_at === null ||
  Date.parse(entry.last_inbound_at) > Date.parse(entry.last_reply_at);

export const draftOf = (id) => drafts.value.get(id) ?? "";

export function setDraft(id, text) {
  const next = new Map(drafts.value);
  if (text) next.set(id, text);
  else next.delete(id);
  drafts.value = next;
}

// The once-only key of a reply: the same for the same words until they are known to be sent.
export function onceFor(id, text) {
  const known = onces.get(id);
  if (known?.text === text) return known.once;
  const once = crypto.randomUUID();
  onces.set(id, { text, once });
  return once;
}

export function sentOnce(id) {
  onces.delete(id);
}

export const pendingOnce = (id) => onces.get(id) ?? null;

// Take words of people off the screen and out of memory; drafts stay for who unlocks.
export function forgetWords() {
  batch(() => {
    thread.value = null;
    dialog.value = null;
    entries.value = null;
  });
}

export function forgetEverything() {
  forgetWords();
  batch(() => {
    drafts.value = new Map();
    onces.clear();
    openId.value = null;
    unread.value = new Set();
    lost.value = null;
    pane.value = "list";
  });
}
