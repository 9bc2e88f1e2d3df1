// Earlier contacts from the same address, by facts alone; each look is on record, so it is asked for.
import { useState } from "../vendor/hooks.js";
import { fail } from "../actions.js";
import { momentOf } from "../clock.js";
import { html } from "../html.js";
import { get } from "../request.js";
import { t } from "../words.js";
import { Tier } from "./tier.js";

export function Earlier({ id }) {
  const [found, setFound] = useState(null);
  const look = () => get(`/api/conversations/${id}/earlier`).then(setFound, fail);
  return html`<section aria-labelledby="earlier-title">
    <h3 id="earlier-title">${t("earlier.title")}</h3>
    ${found === null
      ? html`<button type="button" onClick=${look}>${t("earlier.look")}</button>`
      : html`<p class=${found.length ? "hidden" : "empty"} role="status">${found.length ? t("earlier.count", { count: String(found.length) }) : t("earlier.none")}</p>
        <ul class="changes">${found.map((one) => html`<li key=${one.opened_at}>
          <p><time datetime=${one.opened_at}>${momentOf(one.opened_at)}</time> <${Tier} tier=${one.tier} /></p>
          <p class="meta">${t(one.with_human ? "earlier.human" : "earlier.bot", { count: String(one.messages) })}</p>
        </li>`)}</ul>`}
  </section>`;
}
