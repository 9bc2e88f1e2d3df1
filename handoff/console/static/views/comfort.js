// The choices of a screen, the line that says that words are covered, and the word about rest.
import { fail } from "../actions.js";
import { blur, blurred, choice, choose, respite } from "../comfort.js";
import { html } from "../html.js";
import { t } from "../words.js";

export function Blurred() {
  if (!blurred.value) return null;
  return html`<p class="blurred" role="status">${t("blur.on")}
    <button type="button" class="plain" onClick=${blur}>${t("blur.off")}</button></p>`;
}

export function Choices() {
  const set = (name) => (event) => choose({ [name]: event.currentTarget.checked }).catch(fail);
  return html`${["cover", "sound", "breaks"].map((name) => html`<label class="choice" key=${name}>
      <input type="checkbox" checked=${choice.value[name]} onChange=${set(name)} />
      <span>${t(`choice.${name}`)}</span>
    </label>`)}`;
}

// In the empty middle, after a hard conversation: no dialog, nothing that must be answered.
export function Rest() {
  const counts = respite.value;
  if (counts === null) return null;
  return html`<section class="rest" aria-labelledby="rest-title">
    <h3 id="rest-title">${t("rest.title")}</h3>
    <p>${t("rest.counts", { imminent: String(counts.imminent), urgent: String(counts.urgent), all: String(counts.imminent + counts.urgent + counts.concern + counts.none) })}</p>
    <p>${t("rest.text")}</p>
    <button type="button" onClick=${() => { respite.value = null; }}>${t("rest.hide")}</button>
  </section>`;
}
