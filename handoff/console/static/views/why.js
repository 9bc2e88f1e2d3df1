// The right side: why this person is here, and what an advocate should know before writing.
import { useState } from "../vendor/hooks.js";
import { addNote, readWhisper } from "../actions.js";
import { isCovered } from "../comfort.js";
import { momentOf, timeOf } from "../clock.js";
import { html } from "../html.js";
import { rank, wordsOf } from "../marks.js";
import { busy, dialog, isMine, me, openEntry, openId, pane, takesPart, thread } from "../state.js";
import { languageName, ownName, t } from "../words.js";
import { Colleagues } from "./colleagues.js";
import { Earlier } from "./earlier.js";
import { Find } from "./find.js";
import { categoryWord, channelWord, cueWord, reasonWord } from "./facts.js";
import { Plan } from "./plan.js";
import { Reach } from "./reach.js";
import { Rules } from "./rules.js";
import { jump, Quotes, Said } from "./said.js";
import { Endings } from "./thread.js";
import { Tier, tierWord } from "./tier.js";

export function Why() {
  const shown = thread.value;
  const entry = openEntry.value;
  if (openId.value === null || shown === null) return html`<section class="why is-empty" id="why-panel" aria-label=${t("why.title")}></section>`;
  return html`<section class="why" id="why-panel" aria-labelledby="why">
    <div class="why-head">
      <h2 id="why" tabindex="-1">${t("why.title")}</h2>
      <button type="button" class="plain back" onClick=${() => { pane.value = "thread"; }}>${t("why.back")}</button>
    </div>
    ${entry && html`<section class="why-tier">
      <p><${Tier} tier=${entry.tier} /></p>
      <p>${t(`tier.means.${entry.tier ?? "none"}`)}</p>
      ${isMine(entry) && entry.tier !== null && html`
        <button type="button" onClick=${() => { dialog.value = { kind: "tier" }; }}>${t("act.lower")}</button>`}
    </section>`}
    <${Signs} shown=${shown} />
    <${Facts} shown=${shown} entry=${entry} />
    <${Reach} key=${`reach ${shown.id}`} shown=${shown} writable=${isMine(entry)} />
    <${Said} packet=${shown.packet} />
    <${Plan} key=${`plan ${shown.id}`} shown=${shown} writable=${takesPart(entry)} />
    <${Rules} key=${`rules ${shown.id}`} id=${shown.id} />
    <${Find} key=${`find ${shown.id}`} shown=${shown} writable=${takesPart(entry)} />
    <${Notes} shown=${shown} writable=${takesPart(entry)} />
    <${Colleagues} shown=${shown} entry=${entry} />
    <${Earlier} key=${`earlier ${shown.id}`} id=${shown.id} />
    <${Changes} shown=${shown} />
    ${isMine(entry) && html`<p class="why-endings"><${Endings} /></p>`}
  </section>`;
}

function Signs({ shown }) {
  const signs = gather(shown);
  return html`<section aria-labelledby="signs-title">
    <h3 id="signs-title">${t("why.signs")}</h3>
    ${signs.length === 0
      ? html`<p class="empty">${t("why.no_signs")}</p>`
      : html`<ul class="signs">${signs.map((sign) => html`<${Sign} key=${sign.key} sign=${sign} />`)}</ul>`}
  </section>`;
}

// One line a cue, the gravest first, with every place where a judge saw it.
function gather(shown) {
  const texts = new Map(shown.messages.map((message) => [message.id, message]));
  const signs = new Map();
  for (const risk of shown.risks) {
    for (const cue of risk.cues) {
      const key = `${risk.judge} ${cue.category} ${cue.name}`;
      const tier = cue.tier ?? risk.tier;
      const sign = signs.get(key) ?? { key, cue, tier, judge: risk.judge, version: risk.version, places: [] };
      if (rank(tier) > rank(sign.tier)) sign.tier = tier;
      const message = texts.get(risk.message_id);
      if (message) {
        const quoted = cue.start !== null && message.text !== null ? wordsOf(message.text, cue) : null;
        sign.places.push({ id: message.id, at: message.at, quoted });
      }
      signs.set(key, sign);
    }
  }
  return [...signs.values()].sort((a, b) => rank(b.tier) - rank(a.tier));
}

function Sign({ sign }) {
  const name = cueWord(sign.cue);
  const category = categoryWord(sign.cue.category);
  return html`<li data-tier=${sign.tier ?? "none"}>
    <p class="sign-name">${name}${name !== category && html` <span class="sign-category">${category}</span>`}</p>
    ${sign.places.map(({ id, at, quoted }) => html`<button type="button" class="quote" key=${`${id} ${quoted}`} onClick=${() => jump(id)}>
      ${quoted && isCovered(id) ? html`<span>${t("cover.words")}</span>` : quoted ? html`<q dir="auto">${quoted}</q>` : html`<span>${t("why.whole_message")}</span>`}
      <time datetime=${at}>${timeOf(at)}</time>
    </button>`)}
    <p class="judge">${t(`why.judge.${sign.judge}`)} · ${tierWord(sign.tier)} · <span class="version">${sign.version}</span></p>
  </li>`;
}

function Facts({ shown, entry }) {
  const facts = [
    [t("fact.safety"), t(`safety.${shown.safety}`)],
    [t("fact.code_word"), t(`code_word.${shown.code_word}`)],
    [t("fact.texts"), shown.opted_out ? t("fact.opted_out") : t("fact.texts_open")],
    [t("fact.language"), html`<${Language} tag=${shown.language} />`],
    [t("fact.channel"), channelWord(shown.channel)],
    entry && [t("fact.reason"), reasonWord(entry.reason)],
    entry && [t("fact.since"), momentOf(entry.waiting_since)],
    shown.packet?.places.length > 0 && [t("fact.places"), html`<${Quotes} quotes=${shown.packet.places} />`],
    shown.packet?.first_words && [t("fact.first_words"), html`<${Quotes} quotes=${[shown.packet.first_words]} />`],
    entry?.needs.length > 0 && [t("fact.needs"), entry.needs.map((one) => t(`competency.${one}`)).join(", ")],
    entry?.widened.length > 0 && [t("fact.lacks"), entry.widened.map((one) => t(`widened.${one}`)).join(", ")],
  ].filter(Boolean);
  return html`<section aria-labelledby="facts-title">
    <h3 id="facts-title">${t("why.facts")}</h3>
    <dl class="facts">${facts.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
  </section>`;
}

function Language({ tag }) {
  const own = ownName(tag);
  return html`${languageName(tag)}${own && html` <span lang=${own.lang} dir=${own.dir}>${own.own}</span>`}`;
}

function Changes({ shown }) {
  if (shown.tier_changes.length === 0) return null;
  return html`<section aria-labelledby="changes-title">
    <h3 id="changes-title">${t("why.changes")}</h3>
    <ul class="changes">${shown.tier_changes.map((change) => html`<li key=${change.at}>
      <p>${t("why.change", { before: tierWord(change.before), after: tierWord(change.after) })}</p>
      <p class="meta">${change.advocate ?? t("why.automatic")} · <time datetime=${change.at}>${momentOf(change.at)}</time></p>
      ${change.reason && html`<p class="reason" dir="auto">${change.reason}</p>`}
    </li>`)}</ul>
  </section>`;
}

function Notes({ shown, writable }) {
  return html`<section aria-labelledby="notes-title">
    <h3 id="notes-title">${t("notes.title")}</h3>
    ${shown.notes.length === 0 && html`<p class="empty">${t("notes.none")}</p>`}
    <ul class="notes">${shown.notes.map((note) => html`<li key=${note.id}>
      ${note.whisper_to && html`<p class="flag new">${t("notes.whisper")}</p>`}
      <p class="meta">${note.advocate} · <time datetime=${note.at}>${momentOf(note.at)}</time></p>
      <p class="words" dir="auto">${note.text}</p>
      ${note.whisper_to === me.value?.id && !note.read_at && html`<button type="button" disabled=${busy("whisper")} onClick=${() => readWhisper(shown.id, note.id)}>${t("notes.whisper.read")}</button>`}
    </li>`)}</ul>
    ${writable && html`<${NewNote} key=${shown.id} id=${shown.id} />`}
  </section>`;
}

function NewNote({ id }) {
  const [text, setText] = useState("");
  const save = async (event) => {
    event.preventDefault();
    if (text.trim() && (await addNote(id, text))) setText("");
  };
  return html`<form class="new-note" onSubmit=${save}>
    <label for="note">${t("notes.label")}</label>
    <textarea id="note" rows="2" dir="auto" autocomplete="off" maxlength="4000" value=${text}
      onInput=${(event) => setText(event.currentTarget.value)}></textarea>
    <button type="submit" disabled=${busy("note")} aria-disabled=${text.trim() ? undefined : "true"}>${t("notes.save")}</button>
  </form>`;
}
