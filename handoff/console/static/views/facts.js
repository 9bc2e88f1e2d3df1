// How the facts of a conversation are put into words.
import { momentOf } from "../clock.js";
import { languageName, t, tOr } from "../words.js";

export const channelWord = (channel) => tOr(`channel.${channel}`, channel);
export const categoryWord = (number) => tOr(`category.${number}`, t("category.other", { number: String(number) }));
export const cueWord = (cue) => tOr(`cue.${cue.name}`, categoryWord(cue.category));
export const reasonWord = (reason) => tOr(`reason.${reason}`, reason);

// Why somebody is on the board, in a few words: the signs that were seen, else the reason.
export function why(entry, most = 3) {
  if (entry.categories.length === 0) return reasonWord(entry.reason);
  const words = entry.categories.slice(0, most).map(categoryWord);
  const more = entry.categories.length - words.length;
  return more > 0 ? `${words.join(" · ")} +${more}` : words.join(" · ");
}

export const place = (entry) =>
  [entry.label, languageName(entry.language), channelWord(entry.channel)].join(" · ");

export function author(message, meId) {
  if (message.author === "contact") return t("author.person");
  if (message.author === "bot") return t("author.bot");
  if (message.advocate_id === meId) return t("author.you");
  return t("author.advocate", { name: message.advocate ?? "" });
}

export function deliveryWord(message) {
  if (message.delivery === "held" && message.hold_until) {
    return t("delivery.until", { when: momentOf(message.hold_until) });
  }
  const word = t(`delivery.${message.delivery}`);
  const problem = message.delivery_error;
  if (!problem || message.delivery === "delivered" || message.delivery === "sent") return word;
  return `${word} ${tOr(`delivery.error.${problem}`, t("delivery.error.other", { code: problem }))}`;
}
