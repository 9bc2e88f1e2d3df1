// How the person may be reached: shown in short, changed in a form. Every line keeps to it at once.
import { useEffect, useState } from "../vendor/hooks.js";
import { fail, focusSoon, setPreference } from "../actions.js";
import { html } from "../html.js";
import { get } from "../request.js";
import { busy } from "../state.js";
import { language, t } from "../words.js";

const TEXTING = ["any", "windows", "answers"];
const WEEK = [0, 1, 2, 3, 4, 5, 6];
const EVENING = { start: 19 * 60, end: 21 * 60, days: WEEK };
const MOST = 14;
// A Monday, for the names of the days.
const MONDAY = Date.UTC(2024, 0, 1, 12);

const clock = (minutes) =>
  `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

function minutesOf(text) {
  const [hours, minutes] = text.split(":").map(Number);
  return Number.isFinite(hours) && Number.isFinite(minutes) ? hours * 60 + minutes : null;
}

export function dayName(day, weekday = "short") {
  const format = new Intl.DateTimeFormat(`${language.value}-CA`, { weekday, timeZone: "UTC" });
  return format.format(new Date(MONDAY + day * 86_400_000));
}

const daysWord = (days) => (days.length === 7 ? t("reach.every_day") : days.map((day) => dayName(day)).join(" "));
const answerWord = (answer) => t(answer === null ? "reach.unasked" : answer ? "reach.yes" : "reach.no");

export function Reach({ shown, writable }) {
  const [editing, setEditing] = useState(false);
  const kept = shown.contact_preference;
  const done = () => {
    setEditing(false);
    focusSoon("reach-edit");
  };
  return html`<section aria-labelledby="reach-title">
    <h3 id="reach-title">${t("reach.title")}</h3>
    ${editing && writable
      ? html`<${Form} id=${shown.id} kept=${kept} done=${done} />`
      : html`<${Kept} kept=${kept} />
        ${writable && html`<button type="button" id="reach-edit" onClick=${() => { setEditing(true); focusSoon("reach-any"); }}>${t("reach.edit")}</button>`}`}
  </section>`;
}

function Kept({ kept }) {
  const times = kept.safe_times.map((one) => `${daysWord(one.days)} ${clock(one.start)}–${clock(one.end)}`);
  const facts = [
    [t("reach.texting"), t(`reach.texting.${kept.texting}`)],
    times.length > 0 && [t("reach.times"), html`${times.map((one) => html`<span class="line" key=${one}>${one}</span>`)}<span class="soft">${kept.zone}</span>`],
    [t("reach.voicemail"), answerWord(kept.voicemail)],
    [t("reach.shared"), answerWord(kept.phone_shared)],
    kept.note && [t("reach.note"), html`<span class="words" dir="auto">${kept.note}</span>`],
  ].filter(Boolean);
  return html`<dl class="facts">${facts.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function Form({ id, kept, done }) {
  const [texting, setTexting] = useState(kept.texting);
  const [times, setTimes] = useState(kept.safe_times.length ? kept.safe_times : [EVENING]);
  const [zone, setZone] = useState(kept.zone);
  const [voicemail, setVoicemail] = useState(kept.voicemail);
  const [shared, setShared] = useState(kept.phone_shared);
  const [note, setNote] = useState(kept.note ?? "");
  const [zones, setZones] = useState([kept.zone]);
  useEffect(() => {
    get("/api/zones").then((found) => setZones([...new Set([kept.zone, ...found.zones])]), fail);
  }, []);
  const fit = texting !== "windows" || times.every((one) => one.start !== one.end && one.days.length > 0);
  const change = (at, part) => setTimes(times.map((one, index) => (index === at ? { ...one, ...part } : one)));
  const save = async (event) => {
    event.preventDefault();
    if (!fit) return;
    const body = {
      texting, zone, voicemail, phone_shared: shared, note: note.trim() || null,
      safe_times: texting === "windows" ? times : [],
    };
    if (await setPreference(id, body)) done();
  };
  return html`<form class="panel-form" onSubmit=${save}>
    <fieldset>
      <legend>${t("reach.texting")}</legend>
      ${TEXTING.map((one) => html`<label class="choice" key=${one}>
        <input type="radio" name="texting" id=${`reach-${one}`} checked=${texting === one} onChange=${() => setTexting(one)} />
        ${t(`reach.texting.${one}`)}
      </label>`)}
    </fieldset>
    ${texting === "windows" && html`${times.map((one, at) => html`<${SafeTime} key=${at} at=${at} time=${one}
        change=${(part) => change(at, part)} remove=${times.length > 1 ? () => setTimes(times.filter((_, index) => index !== at)) : null} />`)}
      ${times.length < MOST && html`<button type="button" onClick=${() => setTimes([...times, EVENING])}>${t("reach.add")}</button>`}
      ${!fit && html`<p class="is-late" role="alert">${t("reach.unfit")}</p>`}
      <label for="reach-zone">${t("reach.zone")}</label>
      <select id="reach-zone" value=${zone} onChange=${(event) => setZone(event.currentTarget.value)}>
        ${zones.map((one) => html`<option key=${one} value=${one} selected=${one === zone}>${one}</option>`)}
      </select>`}
    <${YesNo} name="voicemail" label=${t("reach.voicemail")} value=${voicemail} set=${setVoicemail} />
    <${YesNo} name="shared" label=${t("reach.shared")} value=${shared} set=${setShared} />
    <label for="reach-note">${t("reach.note")}</label>
    <textarea id="reach-note" rows="2" dir="auto" autocomplete="off" maxlength="500" value=${note}
      onInput=${(event) => setNote(event.currentTarget.value)}></textarea>
    <div class="panel-acts">
      <button type="submit" class="primary" disabled=${busy("preference")} aria-disabled=${fit ? undefined : "true"}>${t("reach.save")}</button>
      <button type="button" onClick=${done}>${t("confirm.back")}</button>
    </div>
  </form>`;
}

function SafeTime({ at, time, change, remove }) {
  const toggle = (day) => change({
    days: time.days.includes(day) ? time.days.filter((one) => one !== day) : [...time.days, day].sort(),
  });
  const set = (part, text) => {
    const minutes = minutesOf(text);
    if (minutes !== null) change({ [part]: part === "end" && minutes === 0 ? 24 * 60 : minutes });
  };
  return html`<fieldset class="safe-time">
    <legend>${t("reach.time", { number: String(at + 1) })}</legend>
    <div class="days">${WEEK.map((day) => html`<label key=${day}>
      <input type="checkbox" checked=${time.days.includes(day)} onChange=${() => toggle(day)} />
      <span aria-hidden="true">${dayName(day)}</span><span class="hidden">${dayName(day, "long")}</span>
    </label>`)}</div>
    <div class="from-until">
      <label>${t("reach.from")} <input type="time" value=${clock(time.start)} onChange=${(event) => set("start", event.currentTarget.value)} /></label>
      <label>${t("reach.until")} <input type="time" value=${clock(time.end % (24 * 60))} onChange=${(event) => set("end", event.currentTarget.value)} /></label>
      ${remove && html`<button type="button" onClick=${remove}>${t("reach.remove")}</button>`}
    </div>
  </fieldset>`;
}

const ANSWERS = [[null, "reach.unasked"], [true, "reach.yes"], [false, "reach.no"]];

function YesNo({ name, label, value, set }) {
  return html`<fieldset class="in-line">
    <legend>${label}</legend>
    ${ANSWERS.map(([answer, word]) => html`<label class="choice" key=${word}>
      <input type="radio" name=${name} checked=${value === answer} onChange=${() => set(answer)} /> ${t(word)}
    </label>`)}
  </fieldset>`;
}
