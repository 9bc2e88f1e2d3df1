// The reply: a draft that survives everything but a reload, phrases by name, what it costs, and
// words worth a second look.
import { useLayoutEffect, useRef, useState } from "../vendor/hooks.js";
import { sendReply, typing } from "../actions.js";
import { html } from "../html.js";
import { costly, count } from "../segments.js";
import { busy, draftOf, setDraft } from "../state.js";
import { canTranslate, dropOriginal, offer, offered, used } from "../translation.js";
import { asked, phrasesFor, secondLook } from "../wording.js";
import { htmlTag, language as screen, languageName, t } from "../words.js";

const LONGEST = 1600;
// More parts than this cost money, arrive one by one and fill a lock screen.
const MANY_PARTS = 3;

export function Composer({ id, channel, language, optedOut }) {
  const field = useRef(null);
  const [caret, setCaret] = useState(0);
  const [at, setAt] = useState(0);
  const [dismissed, setDismissed] = useState(false);
  const draft = draftOf(id);
  useLayoutEffect(() => grow(field.current), [draft]);
  if (optedOut) {
    return html`<div class="foot"><p>${t("reply.opted_out")}</p></div>`;
  }
  const length = Array.from(draft.trim()).length;
  const fit = length > 0 && length <= LONGEST;
  const trigger = dismissed ? null : asked(draft, caret);
  const found = trigger ? phrasesFor(trigger.name, language, screen.value) : [];
  const chosen = Math.min(at, found.length - 1);

  const send = (event) => {
    event?.preventDefault();
    if (fit) sendReply(id);
    field.current.focus();
  };
  const insert = (phrase) => {
    const text = draft.slice(0, trigger.start) + phrase.text + draft.slice(trigger.end);
    const end = trigger.start + phrase.text.length;
    setDraft(id, text);
    setAt(0);
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(end, end);
      setCaret(end);
    });
  };
  const onKeyDown = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      send(event);
      return;
    }
    if (found.length === 0) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) setAt((chosen + by + found.length) % found.length);
    else if (event.key === "Enter" || event.key === "Tab") insert(found[chosen]);
    else if (event.key === "Escape") setDismissed(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onInput = (event) => {
    setDraft(id, event.currentTarget.value);
    if (!event.currentTarget.value.trim()) dropOriginal(id);
    typing(id, channel);
    setCaret(event.currentTarget.selectionStart);
    setAt(0);
    setDismissed(false);
  };
  const openPhrases = () => {
    const element = field.current;
    const end = element.selectionEnd;
    const gap = end > 0 && !/\s/.test(draft[end - 1]) ? " /" : "/";
    setDraft(id, draft.slice(0, end) + gap + draft.slice(end));
    setDismissed(false);
    requestAnimationFrame(() => {
      element.focus();
      element.setSelectionRange(end + gap.length, end + gap.length);
      setCaret(end + gap.length);
    });
  };
  return html`<form class="composer" onSubmit=${send}>
    <${Phrases} found=${found} chosen=${chosen} insert=${insert} />
    <label for="reply">${t("reply.label")}</label>
    <textarea id="reply" name="reply" rows="2" dir="auto" autocomplete="off" spellcheck="true" ref=${field}
      aria-describedby="reply-meter reply-hint reply-care" aria-autocomplete="list"
      aria-controls=${found.length ? "phrases" : undefined}
      aria-activedescendant=${found.length ? `phrase-${chosen}` : undefined} value=${draft}
      onInput=${onInput} onKeyDown=${onKeyDown}
      onKeyUp=${(event) => setCaret(event.currentTarget.selectionStart)}
      onClick=${(event) => setCaret(event.currentTarget.selectionStart)}></textarea>
    <${SecondLook} draft=${draft} />
    <${ByMachine} id=${id} draft=${draft} language=${language} put=${(text) => { setDraft(id, text); field.current.focus(); }} />
    <div class="composer-foot">
      <p class="meter" id="reply-meter"><${Meter} draft=${draft} length=${length} channel=${channel} /></p>
      <p class="hint" id="reply-hint">${t("reply.hint")}</p>
      <button type="button" class="phrases-button" id="phrases-button" onClick=${openPhrases}>${t("reply.phrases")}</button>
      ${canTranslate(language) && html`<button type="button" aria-disabled=${fit ? undefined : "true"} onClick=${() => fit && offer(id, draft)}>${t("machine.translate")}</button>`}
      <button type="submit" class="primary" aria-disabled=${fit ? undefined : "true"} disabled=${busy(`reply ${id}`)}>${t("reply.send")}</button>
    </div>
  </form>`;
}

function Phrases({ found, chosen, insert }) {
  return html`<p class="hidden" role="status">${found.length > 0 ? t("reply.phrases_found", { count: String(found.length) }) : ""}</p>
    ${found.length > 0 && html`<ul class="phrases" id="phrases" role="listbox" tabindex="0" aria-label=${t("reply.phrases")}>
      ${found.map((one, index) => html`<li key=${`${one.language} ${one.name}`} id=${`phrase-${index}`} role="option"
        aria-selected=${index === chosen ? "true" : "false"} onMouseDown=${(event) => event.preventDefault()} onClick=${() => insert(one)}>
        <span class="phrase-name">/${one.name}</span> <span class="phrase-language">${languageName(one.language)}</span>
        <span class="phrase-text" dir="auto" lang=${one.language}>${one.text}</span>
      </li>`)}
    </ul>`}`;
}

// A warning, never a block.
function SecondLook({ draft }) {
  const found = secondLook(draft);
  return html`<div id="reply-care" role="status">${found.length > 0 && html`<ul class="second-look">
    ${found.map((one) => html`<li key=${one.word}><strong>${one.word}</strong> <span lang=${one.language}>${one.instead}</span></li>`)}
  </ul>`}</div>`;
}

// Reviewed wording first, then the machine's, and what the machine makes of that again: nobody
// sends words that she has not seen back in her own language.
function ByMachine({ id, draft, language, put }) {
  const found = offered.value;
  if (!canTranslate(language) || found?.conversation !== id) return null;
  if (found.waiting || found.failed) {
    return html`<p class="machine" role="status">${t(found.waiting ? "machine.waiting" : "machine.failed")}</p>`;
  }
  const use = () => {
    used(id, found.draft);
    put(found.text);
  };
  return html`<section class="by-machine" aria-label=${t("machine.title")}>
    <p class="hidden" role="status">${t("machine.ready")}</p>
    ${found.fixed.map((one) => html`<div key=${one.name}>
      <p><b>${t("machine.fixed")}</b> ${one.text}</p>
      <p dir="auto" lang=${htmlTag(found.target)}>${one.theirs}</p>
      <button type="button" onClick=${() => { dropOriginal(id); offered.value = null; put(one.theirs); }} aria-label=${`${t("machine.use_fixed")}: ${one.text}`}>${t("machine.use_fixed")}</button>
    </div>`)}
    ${found.text === null ? html`<p>${t("machine.failed")}</p>` : html`<div>
      <p><b>${t("machine.label")}</b> <span dir="auto" lang=${htmlTag(found.target)}>${found.text}</span></p>
      <p><b>${t("machine.back")}</b> <span dir="auto">${found.back}</span></p>
      <p class="hint">${t("machine.check")}</p>
      <div class="panel-acts">
        <button type="button" onClick=${use}>${t("machine.use")}</button>
        <button type="button" class="plain" onClick=${() => { offered.value = null; }}>${t("confirm.back")}</button>
      </div>
    </div>`}
  </section>`;
}

function Meter({ draft, length, channel }) {
  if (length > LONGEST) {
    return html`<strong class="is-late">${t("meter.too_long", { count: String(length), most: String(LONGEST) })}</strong>`;
  }
  if (channel !== "sms") return t("meter.characters", { count: String(length) });
  const { encoding, units, parts } = count(draft);
  if (units === 0) return t("meter.empty");
  const one = encoding === "GSM-7" ? "160" : "70";
  const words = t(parts === 1 ? "meter.one_part" : "meter.parts", { parts: String(parts), units: String(units), one });
  if (encoding === "GSM-7") return html`<span class=${parts > MANY_PARTS ? "is-late" : ""}>${words}</span>`;
  const odd = costly(draft).slice(0, 4).join(" ");
  return html`<span class=${parts > MANY_PARTS ? "is-late" : ""}>${words}</span> ${t("meter.ucs2", { characters: odd })}`;
}

function grow(element) {
  if (!element) return;
  element.style.setProperty("height", "auto");
  element.style.setProperty("height", `${element.scrollHeight + 2}px`);
}
