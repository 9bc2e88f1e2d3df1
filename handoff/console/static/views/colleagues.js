// Working together: ask a colleague in, hand the conversation on, a supervisor's word to the holder.
import { useEffect, useState } from "../vendor/hooks.js";
import { fail, invite, leaveHelping, transfer, whisper } from "../actions.js";
import { html } from "../html.js";
import { get } from "../request.js";
import { busy, helps, isMine, me } from "../state.js";
import { languageName, t } from "../words.js";

const COMPETENCIES = ["indigenous_cultural_safety", "minors", "labour", "immigration", "2slgbtq"];

export function Colleagues({ shown, entry }) {
  const mine = isMine(entry);
  const helping = helps(entry);
  const watching = me.value?.role === "supervisor" && entry?.holder === "advocate" && !mine;
  if (!mine && !helping && !watching && shown.joined.length === 0) return null;
  return html`<section aria-labelledby="colleagues-title">
    <h3 id="colleagues-title">${t("colleagues.title")}</h3>
    ${shown.joined_names.length > 0 && html`<p>${t("colleagues.here", { names: shown.joined_names.join(", ") })}</p>`}
    ${helping && html`<button type="button" disabled=${busy("leave")} onClick=${() => leaveHelping(shown.id)}>${t("colleagues.leave")}</button>`}
    ${mine && html`<${Hand} key=${shown.id} shown=${shown} />`}
    ${watching && html`<${Word} key=${`word ${shown.id}`} id=${shown.id} />`}
  </section>`;
}

// "colleague <id>", "competency <name>" or "supervisor".
const toWhom = (value) => {
  const [kind, name] = value.split(" ");
  if (kind === "colleague") return { advocate_id: name };
  return kind === "competency" ? { competencies: [name] } : { supervisor: true };
};

function Hand({ shown }) {
  const [people, setPeople] = useState(null);
  const [to, setTo] = useState("supervisor");
  const [note, setNote] = useState("");
  useEffect(() => {
    get("/api/colleagues").then(setPeople, fail);
  }, []);
  const asked = to.startsWith("colleague ");
  const joined = asked && shown.joined.includes(to.split(" ")[1]);
  const hand = (event) => {
    event.preventDefault();
    transfer(shown.id, toWhom(to), note);
  };
  return html`<form class="panel-form" onSubmit=${hand}>
    <label for="hand-to">${t("colleagues.to")}</label>
    <select id="hand-to" value=${to} onChange=${(event) => setTo(event.currentTarget.value)}>
      <option value="supervisor">${t("colleagues.supervisor")}</option>
      <optgroup label=${t("colleagues.people")}>${(people ?? []).map((one) => html`<option key=${one.id} value=${`colleague ${one.id}`}>${named(one)}</option>`)}</optgroup>
      <optgroup label=${t("colleagues.skills")}>${COMPETENCIES.map((one) => html`<option key=${one} value=${`competency ${one}`}>${t(`competency.${one}`)}</option>`)}</optgroup>
    </select>
    <label for="hand-note">${t("colleagues.note")}</label>
    <textarea id="hand-note" rows="1" dir="auto" autocomplete="off" maxlength="4000" value=${note}
      onInput=${(event) => setNote(event.currentTarget.value)}></textarea>
    <p class="hint">${t("colleagues.hint")}</p>
    <div class="panel-acts">
      <button type="submit" disabled=${busy("transfer")}>${t("colleagues.hand")}</button>
      ${asked && !joined && html`<button type="button" disabled=${busy("invite")} onClick=${() => invite(shown.id, to.split(" ")[1])}>${t("colleagues.invite")}</button>`}
    </div>
  </form>`;
}

const named = (one) =>
  [one.name, one.languages.map(languageName).join(", "), one.here ? t("colleagues.at_desk", { count: String(one.held) }) : t("colleagues.away")]
    .filter(Boolean).join(" · ");

function Word({ id }) {
  const [text, setText] = useState("");
  const send = async (event) => {
    event.preventDefault();
    if (text.trim() && (await whisper(id, text))) setText("");
  };
  return html`<form class="panel-form" onSubmit=${send}>
    <label for="whisper">${t("colleagues.whisper")}</label>
    <textarea id="whisper" rows="2" dir="auto" autocomplete="off" maxlength="500" value=${text}
      onInput=${(event) => setText(event.currentTarget.value)}></textarea>
    <div class="panel-acts"><button type="submit" disabled=${busy("whisper")}>${t("colleagues.whisper.yes")}</button></div>
  </form>`;
}
