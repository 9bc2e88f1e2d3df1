// Phrases by name and words worth a second look. They come from the desk; nothing is kept here.
import { signal } from "./vendor/signals.js";
import { get } from "./request.js";

const wording = signal({ phrases: [], cares: [] });

export async function loadWording() {
  const found = await get("/api/wording").catch(() => null);
  if (found) wording.value = found;
}

// A slash and the beginning of a name, right before the caret.
const TRIGGER = /(?:^|\s)\/([\p{L}\p{N}-]*)$/u;
const MOST = 8;

export function asked(text, caret) {
  const found = TRIGGER.exec(text.slice(0, caret));
  return found ? { name: found[1].toLowerCase(), start: caret - found[1].length - 1, end: caret } : null;
}

// Phrases whose name begins so (then those that hold it), in the person's language first, then in
// the language of the screen.
export function phrasesFor(name, language, screen) {
  const wanted = [language, screen].filter((code, at, all) => code && all.indexOf(code) === at);
  const fits = wording.value.phrases.filter((one) => wanted.includes(one.language) && one.name.includes(name));
  const order = (one) => [one.name.startsWith(name) ? 0 : 1, wanted.indexOf(one.language)];
  return fits
    .sort((a, b) => order(a)[0] - order(b)[0] || order(a)[1] - order(b)[1] || a.name.localeCompare(b.name))
    .slice(0, MOST);
}

const patterns = new Map();

// Whole words, straight or curly apostrophes, any case.
function pattern(word) {
  if (!patterns.has(word)) {
    const source = word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/'/g, "['’]").replace(/ /g, "\\s+");
    patterns.set(word, new RegExp(`(?<![\\p{L}\\p{N}])${source}(?![\\p{L}\\p{N}])`, "iu"));
  }
  return patterns.get(word);
}

// [{word, instead}], one for each kind of word that the draft holds.
export function secondLook(draft) {
  const found = [];
  for (const care of wording.value.cares) {
    for (const word of care.words) {
      const match = pattern(word).exec(draft);
      if (!match) continue;
      found.push({ word: match[0], instead: care.instead, language: care.language });
      break;
    }
  }
  return found;
}
