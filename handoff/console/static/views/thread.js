// The middle: what was said, by whom, and what became of it.
import { useEffect, useLayoutEffect, useRef, useState } from "../vendor/hooks.js";
import { claim, decline, leave } from "../actions.js";
import { dayOf, timeOf } from "../clock.js";
import { isCovered, uncover } from "../comfort.js";
import { html } from "../html.js";
import { cut } from "../marks.js";
import { busy, canClaim, dialog, helps, isMine, lost, me, offeredToMe, openEntry, openId, pane, takesPart, thread } from "../state.js";
import { htmlTag, t } from "../words.js";
import { Rest } from "./comfort.js";
import { Composer } from "./composer.js";
import { canTranslate, translate, translations } from "../translation.js";
import { author, categoryWord, deliveryWord, place } from "./facts.js";
import { Waited } from "./list.js";
import { Tier } from "./tier.js";

// Closer to the end than this, the view follows new messages.
const NEAR_END = 120; // pixels

export function Thread() {
  if (openId.value === null) return html`<${Nothing} />`;
  const shown = thread.value;
  const entry = openEntry.value;
  return html`<section class="thread" id="main" tabindex="-1" aria-labelledby="thread-title">
    <${Head} entry=${entry} shown=${shown} />
    ${shown === null
      ? html`<p class="loading" role="status">${t("thread.loading")}</p>`
      : html`<${Cautions} shown=${shown} entry=${entry} />
          <${Log} key=${shown.id} shown=${shown} />
          <${Foot} entry=${entry} shown=${shown} />`}
  </section>`;
}

function Nothing() {
  const why = lost.value;
  return html`<section class="thread is-empty" id="main" tabindex="-1" aria-labelledby="thread-title">
    <div class="nothing">
      <h2 id="thread-title" tabindex="-1">${why ? t("lost.title") : t("thread.none_title")}</h2>
      <p>${why ? t(why.key, { name: why.name }) : t("thread.none")}</p>
      ${why?.id && html`<p><a href=${`/break-glass?conversation=${why.id}`}>${t("glass.link")}</a></p>`}
      <${Rest} />
      <button type="button" class="plain back" onClick=${leave}>${t("thread.back")}</button>
    </div>
  </section>`;
}

function Head({ entry, shown }) {
  const known = entry ?? shown;
  return html`<header class="thread-head">
    <button type="button" class="plain back" onClick=${() => { pane.value = "list"; }}>${t("thread.back")}</button>
    <div class="thread-name">
      <h2 id="thread-title" tabindex="-1">
        ${known ? place(known) : t("thread.loading")}
      </h2>
      ${entry && html`<p class="thread-state">
        <${Tier} tier=${entry.tier} />
        ${canClaim(entry) && html`<${Waited} entry=${entry} />`}
        <span class="who">${holderWord(entry)}</span>
      </p>`}
    </div>
    <div class="thread-acts">
      ${isMine(entry) && html`<${Endings} />`}
      <button type="button" class="why-button" onClick=${() => { pane.value = pane.value === "why" ? "thread" : "why"; }}
        aria-expanded=${pane.value === "why" ? "true" : "false"} aria-controls="why-panel">${t("why.more")}</button>
    </div>
  </header>`;
}

// Also at the end of "why" on narrow screens, where the head has no room for them.
export function Endings() {
  return html`<button type="button" class="ending" onClick=${() => { dialog.value = { kind: "release" }; }}>${t("act.release")}</button>
    <button type="button" class="ending" onClick=${() => { dialog.value = { kind: "close" }; }}>${t("act.close")}</button>`;
}

function holderWord(entry) {
  if (isMine(entry)) return t("holder.you");
  if (helps(entry)) return t("holder.helping", { name: entry.advocate ?? "" });
  if (entry.holder === "waiting") return t("holder.nobody");
  return t("holder.advocate", { name: entry.advocate ?? "" });
}

function Cautions({ shown }) {
  const words = shown.notes.filter((note) => note.whisper_to === me.value?.id && !note.read_at);
  const cautions = [
    ...words.map((note) => ["word", t("caution.whisper", { name: note.advocate, text: note.text })]),
    ...shown.opened_by.map((one) => ["care", t("glass.caution", { name: one.name, reason: one.reason })]),
    shown.code_word === "not_given" && ["care", t("caution.code_word")],
    shown.opted_out && ["stop", t("caution.opted_out")],
    shown.safety === "not_safe" && ["care", t("caution.not_safe")],
    shown.safety === "unasked" && ["", t("caution.unasked")],
    shown.safety === "asked" && ["", t("caution.asked")],
  ].filter(Boolean);
  if (cautions.length === 0) return null;
  return html`<div class="cautions">${cautions.map(([kind, words]) => html`<p class=${`caution ${kind}`} key=${kind + words}>${words}</p>`)}</div>`;
}

function Log({ shown }) {
  const box = useRef(null);
  const atEnd = useRef(true);
  const [below, setBelow] = useState(false);
  const count = shown.messages.length;

  const toEnd = () => {
    const element = scroller(box.current);
    element.scrollTop = element.scrollHeight;
    setBelow(false);
  };
  useLayoutEffect(() => {
    if (atEnd.current) toEnd();
    else setBelow(true);
  }, [count]);
  // The box shrinks and grows with the window and the reply field.
  useEffect(() => {
    const watch = new ResizeObserver(() => box.current && atEnd.current && toEnd());
    watch.observe(box.current);
    addEventListener("scroll", onScroll, { passive: true });
    return () => {
      watch.disconnect();
      removeEventListener("scroll", onScroll);
    };
  }, []);
  const onScroll = () => {
    // The window may scroll once more after the thread has gone.
    if (!box.current) return;
    const element = scroller(box.current);
    atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END;
    if (atEnd.current) setBelow(false);
  };

  let day = "";
  return html`<div class="log-frame">
    <div class="log" role="log" aria-label=${t("thread.log")} tabindex="0" ref=${box} onScroll=${onScroll}>
      ${shown.messages.map((message, at) => {
        const today = dayOf(message.at);
        const fresh = today !== day;
        day = today;
        const same = !fresh && sameWriter(shown.messages[at - 1], message);
        return html`${fresh && html`<p class="day" key=${`day-${message.id}`}>${today}</p>`}
          <${Message} key=${message.id} message=${message} language=${shown.language} spans=${spansOf(shown, message.id)} same=${same} />`;
      })}
    </div>
    ${below && html`<button type="button" class="below" onClick=${toEnd}>${t("thread.below")}</button>`}
  </div>`;
}

// In small windows the page scrolls, else the log (console.css).
const scroller = (log) =>
  getComputedStyle(log).overflowY === "visible" ? document.documentElement : log;

const sameWriter = (before, message) =>
  before && before.author === message.author && before.advocate_id === message.advocate_id;

function spansOf(shown, id) {
  return shown.risks
    .filter((risk) => risk.message_id === id)
    .flatMap((risk) => risk.cues)
    .filter((cue) => cue.start !== null && cue.end !== null);
}

// A code word is not kept as text: what it was stands in its place.
const WORDS = { "word.code": "word.code", "word.duress": "word.duress", "word.new": "word.new" };

function Message({ message, language, spans, same }) {
  const failed = ["undelivered", "failed", "blocked"].includes(message.delivery);
  return html`<div class=${`message by-${message.author} ${same ? "is-same" : ""}`} id=${`message-${message.id}`} tabindex="-1">
    <p class="meta"><span class="by">${author(message, me.value?.id)}</span> <time datetime=${message.at}>${timeOf(message.at)}</time></p>
    ${WORDS[message.key]
      ? html`<p class="words is-removed">${t(WORDS[message.key])}</p>`
      : message.text === null
      ? html`<p class="words is-removed">${t("thread.removed")}</p>`
      : html`<p class="words" dir="auto" lang=${message.author === "advocate" ? undefined : htmlTag(language)}>${cut(message.text, spans).map((piece) =>
          piece.tier === null ? piece.text : html`<${Heavy} piece=${piece} id=${message.id} />`)}</p>`}
    <${Machine} message=${message} language=${language} />
    ${message.delivery && html`<p class=${`delivery ${failed ? "is-failed" : ""}`}>${deliveryWord(message)}</p>`}
  </div>`;
}

// What a machine made of a text, beside it and labelled; and what an advocate wrote before one.
function Machine({ message, language }) {
  if (message.original) {
    return html`<p class="machine"><b>${t("machine.was")}</b> <span dir="auto" lang=${message.original_language}>${message.original}</span></p>`;
  }
  if (message.author !== "contact" || !message.text || !canTranslate(language)) return null;
  const found = translations.value.get(message.id);
  if (found === undefined) {
    return html`<button type="button" class="plain translate" onClick=${() => translate(openId.value, message.id)}>${t("machine.translate")}</button>`;
  }
  return html`<p class="machine" role="status">
    ${found === null ? t("machine.waiting") : found.failed ? t("machine.failed") : html`<b>${t("machine.label")}</b> <span dir="auto">${found.text}</span>
      ${found.categories.length > 0 && html` <span class="flag care">${t("machine.signs", { signs: found.categories.map(categoryWord).join(", ") })}</span>`}`}
  </p>`;
}

// The words in which a sign was seen; covered until asked where the advocate wants it so.
function Heavy({ piece, id }) {
  if (!isCovered(id)) return html`<mark data-tier=${piece.tier}>${piece.text}</mark>`;
  return html`<button type="button" class="covered" data-tier=${piece.tier} onClick=${() => uncover(id)}>${t("cover.show")}</button>`;
}

function Foot({ entry, shown }) {
  if (takesPart(entry)) return html`<${Composer} key=${shown.id} id=${shown.id} channel=${shown.channel} language=${shown.language} optedOut=${shown.opted_out} />`;
  if (canClaim(entry)) {
    return html`<div class="foot">
      <p>${t(offeredToMe(entry) ? "thread.offered" : "thread.claim_first")}</p>
      <div class="panel-acts">
        <button type="button" class="primary" disabled=${busy("claim")} onClick=${() => claim(entry.id)}>${t("act.claim")}</button>
        ${entry.offered_to === me.value?.id && html`<button type="button" disabled=${busy("decline")} onClick=${() => decline(entry.id)}>${t("act.decline")}</button>`}
      </div>
    </div>`;
  }
  return html`<div class="foot"><p>${t("thread.only_look")}</p></div>`;
}
