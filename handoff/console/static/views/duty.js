// How an advocate works and is reached: presence, alerts to this browser, by text and by e-mail.
import { useEffect, useState } from "../vendor/hooks.js";
import { fail, say } from "../actions.js";
import { html } from "../html.js";
import { pushOff, pushOn, pushState } from "../push.js";
import { get, post } from "../request.js";
import { t } from "../words.js";

const PRESENCES = ["on_duty", "on_break"];

export function Duty() {
  const [duty, setDuty] = useState(null);
  useEffect(() => {
    get("/api/duty").then(setDuty, fail);
  }, []);
  if (duty === null) return html`<p role="status">${t("thread.loading")}</p>`;
  return html`<${Presence} duty=${duty} set=${setDuty} /><${Browser} /><${Addresses} duty=${duty} set=${setDuty} />`;
}

function Presence({ duty, set }) {
  const choose = (presence) => post("/api/presence", { presence }).then(() => set({ ...duty, presence }), fail);
  return html`<fieldset>
    <legend>${t("duty.presence")}</legend>
    ${PRESENCES.map((one) => html`<label class="choice" key=${one}>
      <input type="radio" name="presence" checked=${duty.presence === one} onChange=${() => choose(one)} /> ${t(`duty.presence.${one}`)}
    </label>`)}
  </fieldset>`;
}

function Browser() {
  const [state, setState] = useState(null);
  useEffect(() => {
    pushState().then(setState, () => setState("impossible"));
  }, []);
  const turn = (act) => {
    setState(null);
    act().then(setState, (refusal) => {
      setState("off");
      fail(refusal);
    });
  };
  return html`<div class="panel-acts">
    <span role="status">${t(state === null ? "duty.push.asking" : `duty.push.${state}`)}</span>
    ${(state === "off" || state === "failed") && html`<button type="button" onClick=${() => turn(pushOn)}>${t("duty.push.turn_on")}</button>`}
    ${state === "on" && html`<button type="button" onClick=${() => turn(pushOff)}>${t("duty.push.turn_off")}</button>`}
  </div>`;
}

// An address is never shown again: only whether there is one.
function Addresses({ duty, set }) {
  const [given, setGiven] = useState({});
  const save = async (event) => {
    event.preventDefault();
    const body = Object.fromEntries(Object.entries(given).filter(([, value]) => value.trim()));
    if (Object.keys(body).length === 0) return;
    try {
      set(await post("/api/duty", body));
      setGiven({});
      say("toast.duty_kept");
    } catch (refusal) {
      fail(refusal);
    }
  };
  const remove = (name) => post("/api/duty", { [name]: null }).then(set, fail);
  const field = (name, type) => html`<div class="field" key=${name}>
    <label for=${`duty-${name}`}>${t(`duty.${name}`)}</label>
    <div class="panel-acts">
      <input id=${`duty-${name}`} type=${type} autocomplete="off" placeholder=${duty[name] ? t("duty.kept") : ""} value=${given[name] ?? ""}
        onInput=${(event) => setGiven({ ...given, [name]: event.currentTarget.value })} />
      ${duty[name] && html`<button type="button" onClick=${() => remove(name)} aria-label=${`${t("duty.remove")}: ${t(`duty.${name}`)}`}>${t("duty.remove")}</button>`}
    </div>
  </div>`;
  return html`<form class="panel-form" onSubmit=${save}>
    ${field("phone", "tel")}${field("email", "email")}
    <p class="hint">${t("duty.hint")}</p>
    <button type="submit">${t("duty.save")}</button>
  </form>`;
}
