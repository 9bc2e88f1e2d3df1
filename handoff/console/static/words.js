// The sentences of the screen, in the language chosen. They come with the page as data; another
// language is fetched and swapped in, so that nothing typed is lost.
import { signal } from "./vendor/signals.js";
import { post } from "./request.js";

const island = JSON.parse(document.getElementById("words").textContent);
const words = signal(island.words);
const tongues = signal(island.tongues);

export const language = signal(island.language);
export const languages = island.languages;

// The sentence for a key, its {placeholders} filled.
export function t(key, values = {}) {
  const sentence = words.value[key] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// The sentence for a key that may not exist (a new channel, a new cue), else what stands for it.
export function tOr(key, otherwise) {
  return words.value[key] ?? otherwise;
}

export async function speak(code) {
  const answer = await post("/api/language", { language: code });
  words.value = answer.words;
  tongues.value = answer.tongues;
  language.value = answer.language;
  document.documentElement.lang = answer.language;
}

// The name of a language in the language of the screen.
export function languageName(tag) {
  if (!tag) return t("language.unknown");
  const name = tongues.value[tag]?.name ?? tag;
  return name.charAt(0).toLocaleUpperCase(language.value) + name.slice(1);
}

// What HTML wants to know of a language: its tag, for voices and letter forms.
export const htmlTag = (tag) => (tag ? tongues.value[tag]?.lang ?? tag : undefined);

// Its name in its own script, where that says more than the name on the screen.
export function ownName(tag) {
  const known = tongues.value[tag];
  return known && known.own !== languageName(tag) ? known : null;
}
