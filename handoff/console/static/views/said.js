// What the line asked, promised and told before a human came: nobody is asked twice.
import { isCovered } from "../comfort.js";
import { timeOf } from "../clock.js";
import { html } from "../html.js";
import { pane } from "../state.js";
import { language, t } from "../words.js";

const KINDS = ["asked", "promised", "told"];

export function Said({ packet }) {
  if (!packet) return null;
  const said = packet.said;
  return html`<section aria-labelledby="said-title">
    <h3 id="said-title">${t("said.title")}</h3>
    ${said.length === 0 && html`<p class="empty">${t("said.none")}</p>`}
    ${KINDS.map((kind) => html`<${Kind} key=${kind} kind=${kind} said=${said.filter((one) => one.kind === kind)} />`)}
  </section>`;
}

function Kind({ kind, said }) {
  if (said.length === 0) return null;
  return html`<details class="said" open=${kind !== "told"}>
    <summary>${t(`said.${kind}`)} <span class="count">${said.length}</span></summary>
    <ul>${said.map((one) => html`<li key=${one.message_id}>
      <button type="button" class="quote" onClick=${() => jump(one.message_id)}>
        <span lang=${language.value}>${one[language.value] ?? one.en}</span>
        <time datetime=${one.at}>${timeOf(one.at)}</time>
      </button>
    </li>`)}</ul>
  </details>`;
}

// Words of the person, each with the message that it stands in.
export function Quotes({ quotes }) {
  return html`${quotes.map((one) => html`<button type="button" class="quote" key=${`${one.message_id} ${one.start}`} onClick=${() => jump(one.message_id)}>
    ${isCovered(one.message_id) ? html`<span>${t("cover.words")}</span>` : html`<q dir="auto">${one.words}</q>`}
  </button>`)}`;
}

export function jump(id) {
  pane.value = "thread";
  requestAnimationFrame(() => {
    const message = document.getElementById(`message-${id}`);
    message?.scrollIntoView({ block: "center" });
    message?.focus({ preventScroll: true });
  });
}
