// The console of the desk. One screen: who needs me, what was said, and why.
import { render } from "./vendor/preact.js";
import "./vendor/signals.js";
import { html } from "./html.js";
import { blurred } from "./comfort.js";
import { watchKeys } from "./keys.js";
import { watchActivity } from "./live.js";
import { start } from "./session.js";
import { assertive, locked, me, pane, polite, toast } from "./state.js";
import { t } from "./words.js";
import { Bar } from "./views/bar.js";
import { Blurred } from "./views/comfort.js";
import { Dialogs } from "./views/dialogs.js";
import { List } from "./views/list.js";
import { Lock } from "./views/lock.js";
import { Thread } from "./views/thread.js";
import { Why } from "./views/why.js";

function Console() {
  if (locked.value) return html`<${Lock} />`;
  if (me.value === null) return null;
  return html`<div class=${`desk ${blurred.value ? "is-blurred" : ""}`} data-pane=${pane.value}>
    <${Bar} />
    <main class="panes">
      <${List} />
      <${Thread} />
      <${Why} />
    </main>
    <${Blurred} />
    <${Toast} />
    <${Dialogs} />
    <p class="hidden" role="status">${polite.value}</p>
    <p class="hidden" role="alert">${assertive.value}</p>
  </div>`;
}

function Toast() {
  const shown = toast.value;
  return html`<div class="toasts" role="status">
    ${shown && html`<p class=${`toast is-${shown.kind}`} key=${shown.number}>
      <span>${t(shown.key, shown.values)}</span>
      <button type="button" class="plain" onClick=${() => { toast.value = null; }}>${t("toast.hide")}</button>
    </p>`}
  </div>`;
}

render(html`<${Console} />`, document.getElementById("desk"));
watchKeys();
watchActivity();
start();
