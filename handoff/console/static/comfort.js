// What makes the work bearable: covered words, one quiet tone, and a word about rest. How an
// advocate wants it is kept at the desk, never in the browser.
import { signal } from "./vendor/signals.js";
import { get, post } from "./request.js";

export const choice = signal({ cover: false, sound: false, breaks: true });
// Every word of people is out of focus: somebody walked in.
export const blurred = signal(false);
// Ids of messages whose heavy words were asked for.
export const uncovered = signal(new Set());
// {imminent, urgent, concern, none} of the shift, after a hard conversation.
export const respite = signal(null);

export async function loadChoice() {
  const found = await get("/api/screen").catch(() => null);
  if (found) choice.value = found;
}

export async function choose(change) {
  const before = choice.value;
  choice.value = { ...before, ...change };
  try {
    await post("/api/screen", choice.value);
  } catch (refusal) {
    choice.value = before;
    throw refusal;
  }
  if (change.sound) tone();
}

export const isCovered = (messageId) => choice.value.cover && !uncovered.value.has(messageId);

export function uncover(messageId) {
  uncovered.value = new Set([...uncovered.value, messageId]);
}

export function blur() {
  blurred.value = !blurred.value;
}

const HARD = new Set(["imminent", "urgent"]);

// After a conversation has ended: what this shift has held so far.
export async function afterHard(tier) {
  if (!choice.value.breaks || !HARD.has(tier)) return;
  respite.value = await get("/api/shift").catch(() => null);
}

let audio = null;

// Soft, low and short; nobody's heart should stop at it.
export function tone() {
  if (!choice.value.sound) return;
  audio ??= new AudioContext();
  const at = audio.currentTime;
  const swell = new GainNode(audio, { gain: 0 });
  swell.gain.linearRampToValueAtTime(0.06, at + 0.08);
  swell.gain.linearRampToValueAtTime(0, at + 0.6);
  const note = new OscillatorNode(audio, { type: "sine", frequency: 392 });
  note.connect(swell).connect(audio.destination);
  note.start(at);
  note.stop(at + 0.65);
}
