// Services for the person: found in the directory, put into the reply as words that are safe to
// send. There is no address in what the desk answers, whoever asks.
import { useState } from "../vendor/hooks.js";
import { fail, focusSoon } from "../actions.js";
import { html } from "../html.js";
import { get } from "../request.js";
import { draftOf, pane, setDraft } from "../state.js";
import { language, t } from "../words.js";

export function Find({ shown, writable }) {
  const [words, setWords] = useState("");
  const [answer, setAnswer] = useState(null);
  const [looking, setLooking] = useState(false);
  const find = async (event) => {
    event.preventDefault();
    if (!words.trim() || looking) return;
    setLooking(true);
    const asked = new URLSearchParams({ q: words, limit: "6" });
    if (shown.language) asked.set("language", shown.language.split("-")[0]);
    try {
      setAnswer(await get(`/api/directory/search?${asked}`));
    } catch (refusal) {
      fail(refusal);
    } finally {
      setLooking(false);
    }
  };
  const put = (offer) => {
    const before = draftOf(shown.id).trimEnd();
    setDraft(shown.id, before ? `${before}\n${referral(offer, shown.language)}` : referral(offer, shown.language));
    pane.value = "thread";
    focusSoon("reply");
  };
  return html`<section aria-labelledby="find-title">
    <h3 id="find-title">${t("find.title")}</h3>
    <form class="find" role="search" onSubmit=${find}>
      <label class="hidden" for="find">${t("find.label")}</label>
      <input id="find" type="search" autocomplete="off" maxlength="200" placeholder=${t("find.example")} value=${words}
        onInput=${(event) => setWords(event.currentTarget.value)} />
      <button type="submit" disabled=${looking}>${t("find.yes")}</button>
    </form>
    <p class="hidden" role="status">${answer ? t("find.found", { count: String(answer.offers.length) }) : ""}</p>
    ${answer && html`<p class="understood">${understood(answer.understood)}</p>
      <ul class="offers">${answer.offers.map((offer) => html`<${Offer} key=${offer.id} offer=${offer} put=${writable ? put : null} />`)}</ul>`}
  </section>`;
}

const understood = (reading) =>
  [reading.need_name, reading.place?.name, reading.language_name].filter(Boolean).join(" · ") || t("find.not_understood");

function Offer({ offer, put }) {
  const sendable = offer.share === "any" || offer.share === null || offer.the_line;
  const facts = [offer.phone, offer.text_number && t("find.text", { number: offer.text_number }), offer.where, offer.hours];
  return html`<li class="offer">
    <p class="offer-name">${offer.full_name ?? offer.name}</p>
    <p class="offer-facts">${facts.filter(Boolean).join(" · ")}</p>
    ${offer.alert && html`<p class="offer-alert">${offer.alert}</p>`}
    ${offer.reasons.length > 0 && html`<p class="offer-why">${offer.reasons.join(" · ")}</p>`}
    ${offer.confirm && html`<p><span class="flag care">${t("find.confirm")}</span></p>`}
    ${!sendable && html`<p class="offer-alert">${t(`find.share.${offer.share}`)}</p>`}
    ${put && sendable && html`<button type="button" onClick=${() => put(offer)}
      aria-label=${t("find.put_named", { name: offer.name })}>${t("find.put")}</button>`}
  </li>`;
}

// The discreet name and numbers alone: fit for a lock screen, in no language at all; hours only
// when they are written in the person's.
function referral(offer, personLanguage) {
  const numbers = [offer.phone, offer.text_number && `SMS ${offer.text_number}`].filter((one) => one && one !== offer.name);
  const hours = personLanguage === language.value && offer.hours ? ` (${offer.hours})` : "";
  return numbers.length > 0 ? `${offer.name}: ${numbers.join(", ")}${hours}` : `${offer.name}${hours}`;
}
