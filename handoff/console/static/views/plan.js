// The safety plan: what the person and the advocate agree on, part by part. It is never sent.
import { useState } from "../vendor/hooks.js";
import { focusSoon, writePlan } from "../actions.js";
import { momentOf } from "../clock.js";
import { html } from "../html.js";
import { busy } from "../state.js";
import { t } from "../words.js";

const PARTS = ["safe_place", "safe_person", "leaving", "to_take", "others", "phone", "if_found_out"];

export function Plan({ shown, writable }) {
  const [editing, setEditing] = useState(false);
  const plan = shown.safety_plan;
  const done = () => {
    setEditing(false);
    focusSoon("plan-edit");
  };
  return html`<section aria-labelledby="plan-title">
    <h3 id="plan-title">${t("plan.title")}</h3>
    ${editing && writable
      ? html`<${Form} id=${shown.id} plan=${plan} done=${done} />`
      : html`<${Kept} plan=${plan} />
        ${writable && html`<button type="button" id="plan-edit" onClick=${() => { setEditing(true); focusSoon(`plan-${PARTS[0]}`); }}>${t(plan ? "plan.change" : "plan.write")}</button>`}`}
  </section>`;
}

function Kept({ plan }) {
  if (plan === null) return html`<p class="empty">${t("plan.none")}</p>`;
  return html`<dl class="plan">${PARTS.filter((part) => plan.parts[part]).map((part) => html`<div key=${part}>
      <dt>${t(`plan.part.${part}`)}</dt><dd class="words" dir="auto">${plan.parts[part]}</dd>
    </div>`)}</dl>
    <p class="meta">${plan.advocate} · <time datetime=${plan.at}>${momentOf(plan.at)}</time></p>`;
}

function Form({ id, plan, done }) {
  const [parts, setParts] = useState({ ...plan?.parts });
  // What the form began with: a colleague's later words are not written over.
  const [shownAt] = useState(plan?.at ?? null);
  const save = async (event) => {
    event.preventDefault();
    if (await writePlan(id, parts, shownAt)) done();
  };
  return html`<form class="panel-form" onSubmit=${save}>
    <p class="hint">${t("plan.hint")}</p>
    ${PARTS.map((part) => html`<div key=${part}>
      <label for=${`plan-${part}`}>${t(`plan.part.${part}`)}</label>
      <textarea id=${`plan-${part}`} rows="1" dir="auto" autocomplete="off" maxlength="500" value=${parts[part] ?? ""}
        onInput=${(event) => setParts({ ...parts, [part]: event.currentTarget.value })}></textarea>
    </div>`)}
    <div class="panel-acts">
      <button type="submit" class="primary" disabled=${busy("plan")}>${t("plan.save")}</button>
      <button type="button" onClick=${done}>${t("confirm.back")}</button>
    </div>
  </form>`;
}
