// Cuts a text at the words that a judge pointed at. Spans count Unicode code points, as the API
// gives them; where they overlap the graver tier is shown.

const RANK = { imminent: 3, urgent: 2, concern: 1 };

export const rank = (tier) => RANK[tier] ?? 0;

// [{text, tier}] in order; tier is null outside every span.
export function cut(text, spans) {
  const characters = Array.from(text);
  const tiers = new Array(characters.length).fill(null);
  for (const span of spans) {
    for (let at = Math.max(0, span.start); at < Math.min(span.end, characters.length); at += 1) {
      if (rank(span.tier) > rank(tiers[at])) tiers[at] = span.tier;
    }
  }
  const pieces = [];
  characters.forEach((character, at) => {
    const last = pieces.at(-1);
    if (last && last.tier === tiers[at]) last.text += character;
    else pieces.push({ text: character, tier: tiers[at] });
  });
  return pieces;
}

// The exact words of a span.
export const wordsOf = (text, span) => Array.from(text).slice(span.start, span.end).join("");
