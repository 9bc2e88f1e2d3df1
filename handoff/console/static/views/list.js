// The left side: who waits, who is mine, who is with colleagues.
import { open } from "../actions.js";
import { duration, isLate, now, seconds } from "../clock.js";
import { html } from "../html.js";
import { awaitsReply, entries, helping, me, mine, offeredToMe, openId, others, unread, waiting } from "../state.js";
import { t } from "../words.js";
import { place, why } from "./facts.js";
import { Tier } from "./tier.js";

export function List() {
  return html`<nav class="list" aria-labelledby="list">
    <h2 id="list" class="hidden" tabindex="-1">${t("list.title")}</h2>
    ${mine.value.length > 0 &&
    html`<${Section} id="mine" title=${t("list.mine")} entries=${mine.value} Row=${MyRow} />`}
    <${Section} id="waiting" title=${t("list.waiting")} entries=${waiting.value} Row=${WaitingRow}
      empty=${entries.value === null ? t("list.loading") : t("list.nobody")} />
    ${helping.value.length > 0 &&
    html`<${Section} id="helping" title=${t("list.helping")} entries=${helping.value} Row=${HelpRow} />`}
    ${others.value.length > 0 &&
    html`<details class="others">
      <summary>${t("list.others")} <span class="count">${others.value.length}</span></summary>
      <ul>${others.value.map((entry) => html`<${OtherRow} key=${entry.id} entry=${entry} />`)}</ul>
    </details>`}
  </nav>`;
}

function Section({ id, title, entries: shown, Row, empty }) {
  const fresh = id === "mine" ? shown.filter((entry) => unread.value.has(entry.id)).length : 0;
  return html`<section class=${`group ${id}`} aria-labelledby=${`${id}-title`}>
    <h3 id=${`${id}-title`}>${title} <span class="count">${shown.length}</span>
      ${fresh > 0 && html`<span class="flag new">${t("list.new", { count: String(fresh) })}</span>`}</h3>
    ${shown.length === 0
      ? html`<p class="empty">${empty}</p>`
      : html`<ul>${shown.map((entry) => html`<${Row} key=${entry.id} entry=${entry} />`)}</ul>`}
  </section>`;
}

function Row({ entry, clock, children }) {
  const current = openId.value === entry.id;
  return html`<li>
    <button type="button" class="row" data-tier=${entry.tier ?? "none"} data-id=${entry.id}
      aria-current=${current ? "true" : undefined} onClick=${() => open(entry.id)}>
      <span class="row-top"><${Tier} tier=${entry.tier} />${clock}</span>
      <span class="row-why">${why(entry)}</span>
      <span class="row-facts">${place(entry)}</span>
      ${children}
    </button>
  </li>`;
}

function WaitingRow({ entry }) {
  return html`<${Row} entry=${entry} clock=${html`<${Waited} entry=${entry} />`}>
    <${Flags} entry=${entry} />
  <//>`;
}

function MyRow({ entry }) {
  const waits = awaitsReply(entry);
  const late = waits && isLate(entry.tier, entry.last_inbound_at);
  const clock = html`<span class=${`clock ${late ? "is-late" : ""} ${waits ? "is-due" : ""}`}>
    ${waits ? t("list.answer_since", { time: since(entry.last_inbound_at) }) : t("list.answered")}
  </span>`;
  return html`<${Row} entry=${entry} clock=${clock}>
    <${Flags} entry=${entry} isNew=${unread.value.has(entry.id)} />
  <//>`;
}

function HelpRow({ entry }) {
  return html`<${Row} entry=${entry} clock=${html`<span class="with">${entry.advocate}</span>`}>
    <${Flags} entry=${entry} isNew=${unread.value.has(entry.id)} />
  <//>`;
}

// A supervisor may look at what colleagues do (on record); others see who has it.
function OtherRow({ entry }) {
  const clock = html`<span class="with">${entry.advocate}</span>`;
  if (me.value?.role === "supervisor") return html`<${Row} entry=${entry} clock=${clock} />`;
  return html`<li class="other" data-tier=${entry.tier ?? "none"}>
    <span class="row-top"><${Tier} tier=${entry.tier} />${clock}</span>
    <span class="row-facts">${place(entry)}</span>
  </li>`;
}

export function Waited({ entry }) {
  const late = isLate(entry.tier, entry.waiting_since);
  return html`<span class=${`clock ${late ? "is-late" : ""}`}>
    <span class="hidden">${t("list.waits")} </span>${since(entry.waiting_since)}
    ${late && html`<span class="late">${t("list.late")}</span>`}
  </span>`;
}

function Flags({ entry, isNew = false }) {
  const flags = [
    offeredToMe(entry) && ["new", t("flag.for_you")],
    isNew && ["new", t("flag.new")],
    entry.opted_out && ["stop", t("flag.opted_out")],
    entry.safety === "not_safe" && ["care", t("flag.not_safe")],
  ].filter(Boolean);
  if (flags.length === 0) return null;
  return html`<span class="flags">
    ${flags.map(([kind, word]) => html`<span class=${`flag ${kind}`} key=${kind}>${word}</span>`)}
  </span>`;
}

// Reading the clock's signal here makes whoever calls this redraw each second.
const since = (moment) => now.value && duration(seconds(moment));
