// The reply: a draft that survives everything but a reload, and what it costs.
import { useLayoutEffect, useRef } from "../vendor/hooks.js";
import { sendReply } from "../actions.js";
import { html } from "../html.js";
import { costly, count } from "../segments.js";
import { busy, draftOf, setDraft } from "../state.js";
import { t } from "../words.js";

const LONGEST = 1600;
// More parts than this cost money, arrive one by one and fill a lock screen.
const MANY_PARTS = 3;

export function Composer({ id, channel, optedOut }) {
  const field = useRef(null);
  const draft = draftOf(id);
  useLayoutEffect(() => grow(field.current), [draft]);
  if (optedOut) {
    return html`<div class="foot"><p>${t("reply.opted_out")}</p></div>`;
  }
  const length = Array.from(draft.trim()).length;
  const fit = length > 0 && length <= LONGEST;
  const send = (event) => {
    event?.preventDefault();
    if (fit) sendReply(id);
    field.current.focus();
  };
  const onKeyDown = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send(event);
  };
  return html`<form class="composer" onSubmit=${send}>
    <label for="reply">${t("reply.label")}</label>
    <textarea id="reply" name="reply" rows="2" dir="auto" autocomplete="off" spellcheck="true" ref=${field}
      aria-describedby="reply-meter reply-hint" value=${draft}
      onInput=${(event) => setDraft(id, event.currentTarget.value)} onKeyDown=${onKeyDown}></textarea>
    <div class="composer-foot">
      <p class="meter" id="reply-meter"><${Meter} draft=${draft} length=${length} channel=${channel} /></p>
      <p class="hint" id="reply-hint">${t("reply.hint")}</p>
      <button type="submit" class="primary" aria-disabled=${fit ? undefined : "true"} disabled=${busy(`reply ${id}`)}>${t("reply.send")}</button>
    </div>
  </form>`;
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
