// The locked screen: no words of anybody behind it, and the password again.
import { useEffect, useRef, useState } from "../vendor/hooks.js";
import { html } from "../html.js";
import { Refusal } from "../request.js";
import { canUsePasskeys } from "../passkey.js";
import { signOut, unlock, unlockWithPasskey } from "../session.js";
import { locked, me } from "../state.js";
import { t, tOr } from "../words.js";

export function Lock() {
  const [name, setName] = useState(me.value?.name ?? "");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [problem, setProblem] = useState("");
  const [waiting, setWaiting] = useState(false);
  const field = useRef(null);
  useEffect(() => field.current.focus(), []);
  const submit = async (event) => {
    event.preventDefault();
    setWaiting(true);
    setProblem("");
    try {
      await unlock(name, password, code);
    } catch (refusal) {
      setPassword("");
      setCode("");
      setProblem(words(refusal));
      setWaiting(false);
      field.current?.focus();
    }
  };
  const passkey = async () => {
    setWaiting(true);
    setProblem("");
    try {
      await unlockWithPasskey();
    } catch (refusal) {
      setProblem(refusal instanceof Refusal ? passkeyWords(refusal) : t("sign_in.passkey_failed"));
      setWaiting(false);
    }
  };
  return html`<main class="lock" id="main">
    <form class="card" onSubmit=${submit}>
      <h1>${t("lock.title")}</h1>
      <p>${t(`lock.${locked.value}`)}</p>
      ${problem && html`<p class="problem" role="alert">${problem}</p>`}
      <label for="name">${t("sign_in.name")}</label>
      <input id="name" autocomplete="username" value=${name} onInput=${(event) => setName(event.currentTarget.value)} />
      <label for="password">${t("sign_in.password")}</label>
      <input id="password" type="password" autocomplete="current-password" ref=${field} value=${password}
        onInput=${(event) => setPassword(event.currentTarget.value)} />
      <label for="code">${t("sign_in.code")}</label>
      <input id="code" autocomplete="one-time-code" autocapitalize="none" spellcheck=${false} maxlength="64" value=${code}
        onInput=${(event) => setCode(event.currentTarget.value)} />
      <button type="submit" class="primary" disabled=${waiting}>${t("lock.yes")}</button>
      ${canUsePasskeys() && me.value?.passkeys && html`<button type="button" disabled=${waiting}
        onClick=${passkey}>${t("sign_in.passkey")}</button>`}
      <button type="button" class="plain" onClick=${signOut}>${t("lock.leave")}</button>
    </form>
  </main>`;
}

const passkeyWords = (refusal) =>
  refusal.code === "wrong_password" ? t("sign_in.passkey_wrong") : words(refusal);

function words(refusal) {
  if (refusal.code === "wrong_password") return t("sign_in.wrong");
  if (refusal.code === "too_many_attempts") {
    return t("sign_in.wait", { minutes: String(Math.ceil(refusal.waitSeconds / 60)) });
  }
  return tOr(`problem.${refusal.code}`, t("problem.internal"));
}
