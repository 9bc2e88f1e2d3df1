// Consent, duty and local protocol in short; the sheet beside it is where they are acted on. Each
// look is on record, so it is asked for.
import { useState } from "../vendor/hooks.js";
import { fail } from "../actions.js";
import { momentOf } from "../clock.js";
import { html } from "../html.js";
import { get } from "../request.js";
import { t } from "../words.js";

export function Rules({ id }) {
  const [found, setFound] = useState(null);
  const look = () => get(`/api/conversations/${id}/guidance`).then(setFound, fail);
  return html`<section aria-labelledby="report-title">
    <h3 id="report-title">${t("why.report")}</h3>
    <p role="status" class="hidden">${found ? t("rules.shown") : ""}</p>
    ${found && html`<${Consent} ledger=${found.ledger} /><${Duty} rules=${found.rules} /><${Protocol} rules=${found.rules} />`}
    <div class="panel-acts">
      <button type="button" onClick=${look}>${t(found ? "rules.again" : "rules.look")}</button>
      <a href=${`/report/${id}`} target="_blank" rel="noopener">${t("why.report.open")}</a>
    </div>
  </section>`;
}

const who = (to) => to.name || t(`report.recipient.${to.kind}`);

function Consent({ ledger }) {
  const nothing = ledger.consents.length + ledger.overrides.length + ledger.disclosures.length === 0;
  return html`<h4>${t("report.consent")}</h4>
    ${nothing && html`<p class="empty">${t("report.consent.none")}</p>`}
    <ul class="changes">
      ${ledger.consents.map((one) => html`<li key=${one.id}>
        <p><b>${t(`report.act.${one.act}`)}</b> · ${who(one.to)} · ${t(`report.purpose.${one.purpose}`)}
          ${one.standing && html` <span class="flag new">${t("report.standing")}</span>`}</p>
        <p class="meta">${one.details.map((detail) => t(`report.detail.${detail}`)).join(", ")} · ${t(`report.identified.${one.identified}`)} · ${t("report.until", { date: momentOf(one.until) })}</p>
      </li>`)}
      ${ledger.overrides.map((one) => html`<li key=${one.id}>
        <p><b>${t("report.override")}</b> · ${who(one.to)} · ${t(`report.ground.${one.ground}`)}</p>
        <p class="meta">${signature(one)} · ${t("report.until", { date: momentOf(one.until) })}</p>
      </li>`)}
      ${ledger.disclosures.map((one) => html`<li key=${one.id}>
        <p><b>${t("report.told")}</b> · ${who(one.to)} · ${t(`report.purpose.${one.purpose}`)}</p>
        <p class="meta">${Object.keys(one.facts).map((detail) => t(`report.detail.${detail}`)).join(", ")} · ${momentOf(one.made_at)}</p>
      </li>`)}
    </ul>`;
}

function signature(one) {
  if (one.refused_by) return t("report.unsigned.refused", { name: one.refused_by });
  return one.signed_by ? t("report.signed", { name: one.signed_by }) : t("report.unsigned");
}

function Duty({ rules }) {
  const unknown = t("report.unknown");
  const from = rules.place_from ? ` (${t(`rules.place.${rules.place_from}`)})` : "";
  return html`<h4>${t("report.duty")}</h4>
    <dl class="facts">
      <div><dt>${t("rules.place")}</dt><dd>${rules.place ?? unknown}${from}</dd></div>
      <div><dt>${t("report.q.age")}</dt><dd>${rules.age ?? unknown}</dd></div>
    </dl>
    <p><b>${t(`report.strength.${rules.strength}`)}</b> ${(rules.place_unknown || rules.age_unknown) && t("report.duty.unknown")}</p>
    ${rules.statute && html`<p class="meta">${rules.statute}${rules.to_be_verified && ` · ${t("report.to_be_verified")}`}</p>`}
    ${rules.numbers.length > 0 && html`<ul>${rules.numbers.map((one) => html`<li key=${one.number}><b>${one.number}</b> ${one.label}</li>`)}</ul>`}`;
}

function Protocol({ rules }) {
  return html`<h4>${t("report.protocol")}</h4>
    ${rules.protocol === null
      ? html`<p>${t("report.no_protocol")}</p>`
      : html`<p>${rules.protocol}</p>
        <p class="meta">${rules.because.map((one) => t(`report.because.${one}`)).join(" · ")}</p>
        ${rules.warnings.map((one) => html`<p class="offer-alert" key=${one}>${t(`report.warn.${one}`)}</p>`)}
        <ol class="steps">${rules.steps.map((step) => html`<li key=${step.text}>
          ${step.text} ${step.numbers.map((number) => html`<b key=${number}>${number} </b>`)}
          ${step.outcome && html`<span class="flag new">${t(`report.outcome.${step.outcome}`)}</span>`}
        </li>`)}</ol>`}`;
}
