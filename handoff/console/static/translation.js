// The translation helper: asked on a press alone, for one text. What it says is held here, in memory,
// beside the original, until another conversation is opened.
import { signal } from "./vendor/signals.js";
import { fail } from "./actions.js";
import { post } from "./request.js";
import { me } from "./state.js";
import { language } from "./words.js";

// By message: {text, categories} or {failed}.
export const translations = signal(new Map());
// Of the reply that is being written: null or {conversation, fixed, text, back, draft, failed}.
export const offered = signal(null);
// By conversation: what the machine's words in the reply were made from.
const originals = new Map();

export const canTranslate = (tag) =>
  Boolean(me.value?.translates && tag && tag.split("-")[0] !== language.value);

export async function translate(conversation, message) {
  keep(message, null);
  try {
    keep(message, await post(`/api/conversations/${conversation}/messages/${message}/translate`));
  } catch (refusal) {
    keep(message, { failed: true });
    if (refusal.code !== "no_translation") fail(refusal);
  }
}

function keep(message, found) {
  const next = new Map(translations.value);
  next.set(message, found);
  translations.value = next;
}

export async function offer(conversation, draft) {
  offered.value = { conversation, waiting: true };
  try {
    const found = await post(`/api/conversations/${conversation}/translate`, { text: draft });
    offered.value = { conversation, draft, ...found };
  } catch (refusal) {
    offered.value = refusal.code === "no_translation" ? { conversation, failed: true } : null;
    if (refusal.code !== "no_translation") fail(refusal);
  }
}

// Remember what the machine's words were made from, until the reply is sent or emptied.
export function used(conversation, draft) {
  originals.set(conversation, { original: draft, original_language: language.value });
  offered.value = null;
}

// What goes with a reply: a machine's words keep their original, also when they were touched up.
export const originalOf = (conversation) => originals.get(conversation) ?? {};

export const dropOriginal = (conversation) => originals.delete(conversation);

// Words of people go when the screen locks; what a draft was made from stays with the draft.
export function forgetTranslations() {
  translations.value = new Map();
  offered.value = null;
}

export function forgetOriginals() {
  forgetTranslations();
  originals.clear();
}
