// Questions before what cannot be taken back, the help page, and "are you still there?".
import { useEffect, useRef, useState } from "../vendor/hooks.js";
import { close, lowerTier, release, sendReply } from "../actions.js";
import { html } from "../html.js";
import { Choices } from "./comfort.js";
import { Duty } from "./duty.js";
import { KEYS } from "../keys.js";
import { secondsToLock, stillHere } from "../live.js";
import { busy, dialog, openEntry, openId, shortcuts } from "../state.js";
import { t } from "../words.js";
import { Tier, tierWord } from "./tier.js";

const hide = () => { dialog.value = null; };

export function Dialogs() {
  const shown = dialog.value;
  if (shown === null) return null;
  if (shown.kind === "help") return html`<${Help} key="help" />`;
  if (shown.kind === "screen") return html`<${ScreenChoices} key="screen" />`;
  if (shown.kind === "idle") return html`<${Idle} key="idle" />`;
  if (openId.value === null) return null;
  if (shown.kind === "tier") return html`<${Lower} key="tier" entry=${openEntry.value} />`;
  if (shown.kind === "unsafe") {
    return html`<${Confirm} key="unsafe" kind="unsafe" act=${() => sendReply(openId.value, true)} />`;
  }
  const act = shown.kind === "close" ? close : release;
  return html`<${Confirm} key=${shown.kind} kind=${shown.kind} act=${() => act(openId.value)} />`;
}

function Dialog({ title, onClose, children }) {
  const box = useRef(null);
  useEffect(() => {
    const element = box.current;
    element.showModal();
    return () => element.close();
  }, []);
  const onCancel = (event) => {
    event.preventDefault();
    onClose();
  };
  return html`<dialog ref=${box} aria-labelledby="dialog-title" onCancel=${onCancel}>
    <h2 id="dialog-title">${title}</h2>
    ${children}
  </dialog>`;
}

function Confirm({ kind, act }) {
  return html`<${Dialog} title=${t(`confirm.${kind}.title`)} onClose=${hide}>
    <p>${t(`confirm.${kind}.text`)}</p>
    <div class="dialog-acts">
      <button type="button" onClick=${hide}>${t("confirm.back")}</button>
      <button type="button" class="primary" disabled=${busy(kind === "unsafe" ? `reply ${openId.value}` : kind)} onClick=${act}>${t(`confirm.${kind}.yes`)}</button>
    </div>
  <//>`;
}

const LOWER = { imminent: ["urgent", "concern", null], urgent: ["concern", null], concern: [null] };

function Lower({ entry }) {
  const shown = entry?.tier ?? null;
  const choices = LOWER[shown] ?? [];
  const [tier, setTier] = useState(choices[0]);
  const [reason, setReason] = useState("");
  const [missing, setMissing] = useState(false);
  const save = (event) => {
    event.preventDefault();
    setMissing(!reason.trim());
    if (reason.trim()) lowerTier(openId.value, shown, tier, reason);
  };
  return html`<${Dialog} title=${t("lower.title")} onClose=${hide}>
    <form onSubmit=${save}>
      <p>${t("lower.text")}</p>
      <fieldset>
        <legend>${t("lower.from", { tier: tierWord(shown) })}</legend>
        ${choices.map((choice) => html`<label class="choice" key=${choice}>
          <input type="radio" name="tier" checked=${tier === choice} onChange=${() => setTier(choice)} />
          <${Tier} tier=${choice} />
        </label>`)}
      </fieldset>
      <label for="reason">${t("lower.reason")}</label>
      <textarea id="reason" rows="2" dir="auto" maxlength="500" autocomplete="off" value=${reason}
        aria-invalid=${missing ? "true" : undefined} aria-describedby=${missing ? "reason-missing" : undefined}
        onInput=${(event) => setReason(event.currentTarget.value)}></textarea>
      ${missing && html`<p class="is-late" id="reason-missing" role="alert">${t("lower.needs_reason")}</p>`}
      <div class="dialog-acts">
        <button type="button" onClick=${hide}>${t("confirm.back")}</button>
        <button type="submit" class="primary" disabled=${busy("tier")}>${t("lower.yes")}</button>
      </div>
    </form>
  <//>`;
}

function Help() {
  return html`<${Dialog} title=${t("help.title")} onClose=${hide}>
    <p>${t("help.text")}</p>
    <dl class="keys">${KEYS.map(([key, words]) => html`<div key=${key}><dt><kbd>${key}</kbd></dt><dd>${t(words)}</dd></div>`)}
      <div><dt><kbd>Ctrl</kbd> <kbd>Enter</kbd></dt><dd>${t("keys.send")}</dd></div>
      <div><dt><kbd>F2</kbd></dt><dd>${t("keys.blur_typing")}</dd></div>
      <div><dt><kbd>/</kbd></dt><dd>${t("keys.slash")}</dd></div>
      <div><dt><kbd>Esc</kbd></dt><dd>${t("keys.escape")}</dd></div>
    </dl>
    <label class="choice">
      <input type="checkbox" checked=${shortcuts.value} onChange=${(event) => { shortcuts.value = event.currentTarget.checked; }} />
      ${t("help.shortcuts")}
    </label>
    <div class="dialog-acts"><button type="button" class="primary" onClick=${hide}>${t("help.close")}</button></div>
  <//>`;
}

function ScreenChoices() {
  return html`<${Dialog} title=${t("choice.title")} onClose=${hide}>
    <p>${t("choice.text")}</p>
    <${Choices} />
    <h3>${t("duty.title")}</h3>
    <${Duty} />
    <div class="dialog-acts"><button type="button" class="primary" onClick=${hide}>${t("help.close")}</button></div>
  <//>`;
}

function Idle() {
  return html`<${Dialog} title=${t("idle.title")} onClose=${stillHere}>
    <p>${t("idle.text")}</p>
    <p class="countdown">${t("idle.seconds", { seconds: String(secondsToLock()) })}</p>
    <div class="dialog-acts"><button type="button" class="primary" onClick=${stillHere}>${t("idle.yes")}</button></div>
  <//>`;
}
