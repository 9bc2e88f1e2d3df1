// How many SMS parts a text costs (GSM 03.38 and UCS-2).

const BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡" +
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
const EXTENDED = new Set("^{}\\[~]|€\f");

// {encoding, units, parts}: units are septets or UTF-16 code units. One character outside GSM-7
// turns the whole message into UCS-2.
export function count(text) {
  const characters = Array.from(text);
  if (characters.every((c) => BASIC.has(c) || EXTENDED.has(c))) {
    return measured("GSM-7", characters.map((c) => (EXTENDED.has(c) ? 2 : 1)), 160, 153);
  }
  return measured("UCS-2", characters.map((c) => c.length), 70, 67);
}

// The characters that make a text UCS-2, once each.
export function costly(text) {
  return [...new Set(Array.from(text).filter((c) => !BASIC.has(c) && !EXTENDED.has(c)))];
}

function measured(encoding, widths, one, part) {
  const units = widths.reduce((sum, width) => sum + width, 0);
  if (units <= one) return { encoding, units, parts: 1 };
  // A character is never torn in two: an escaped one or a pair moves to the next part whole.
  let parts = 1;
  let used = 0;
  for (const width of widths) {
    if (used + width > part) {
      parts += 1;
      used = 0;
    }
    used += width;
  }
  return { encoding, units, parts };
}
