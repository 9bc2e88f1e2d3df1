// The top: take the next person, see that the screen is live, and oneself.
import { useEffect, useRef, useState } from "../vendor/hooks.js";
import { claimNext, fail } from "../actions.js";
import { blur, blurred } from "../comfort.js";
import { html } from "../html.js";
import { lock, signOut } from "../session.js";
import { busy, connection, dialog, imminent, me, waiting } from "../state.js";
import { language, languages, speak, t } from "../words.js";
import { Shape } from "./tier.js";

export function Bar() {
  const [menu, setMenu] = useState(false);
  const danger = imminent.value.length;
  const nobody = waiting.value.length === 0;
  return html`<header class="bar">
    <h1>${t("desk.name")}</h1>
    <p class=${`connection is-${connection.value}`} role="status"><span class="dot" aria-hidden="true"></span>${t(`connection.${connection.value}`)}</p>
    <button type="button" class=${`take ${danger ? "is-imminent" : "primary"}`} disabled=${busy("claim")}
      aria-disabled=${nobody ? "true" : undefined} onClick=${claimNext}>
      ${danger > 0 && html`<${Shape} tier="imminent" />`}
      <span>${danger > 0 ? t("act.claim_imminent", { count: String(danger) }) : t("act.claim_next")}</span>
      <kbd aria-hidden="true">c</kbd>
    </button>
    <button type="button" class="menu-button" aria-expanded=${menu ? "true" : "false"} aria-controls="menu"
      onClick=${() => setMenu(!menu)}>${t("act.menu")}</button>
    <div class=${`self ${menu ? "is-open" : ""}`} id="menu">
      <${Pages} />
      <div class="languages" role="group" aria-label=${t("language.choose")}>
        ${languages.map((code) => html`<button type="button" key=${code} lang=${code} class="plain"
          aria-pressed=${language.value === code ? "true" : "false"} onClick=${() => choose(code)}>${t(`language.name.${code}`)}</button>`)}
      </div>
      <button type="button" class="plain" aria-pressed=${blurred.value ? "true" : "false"} onClick=${blur}>${t("act.blur")}</button>
      <button type="button" class="plain" onClick=${() => { dialog.value = { kind: "screen" }; }}>${t("act.screen")}</button>
      <button type="button" class="plain" onClick=${() => { dialog.value = { kind: "help" }; }}>${t("act.help")}</button>
      <button type="button" class="plain" onClick=${() => lock("by_hand")}>${t("act.lock")}</button>
      <button type="button" class="plain" onClick=${signOut}>${t("act.sign_out", { name: me.value.name })}</button>
    </div>
  </header>`;
}

const choose = (code) => speak(code).catch(fail);

// The pages beside the console. Each opens in a tab of its own: a screen that is left gives its
// conversations back.
function Pages() {
  const [shown, setShown] = useState(false);
  const box = useRef(null);
  useEffect(() => {
    if (!shown) return undefined;
    const leave = (event) => {
      if (!box.current?.contains(event.target)) setShown(false);
    };
    document.addEventListener("pointerdown", leave);
    document.addEventListener("focusin", leave);
    return () => {
      document.removeEventListener("pointerdown", leave);
      document.removeEventListener("focusin", leave);
    };
  }, [shown]);
  const pages = me.value.pages;
  if (pages.length === 0) return null;
  const onKeyDown = (event) => {
    if (event.key !== "Escape" || !shown) return;
    event.stopPropagation();
    setShown(false);
    box.current.querySelector("button").focus();
  };
  return html`<div class="pages" ref=${box} onKeyDown=${onKeyDown}>
    <button type="button" class="plain" aria-expanded=${shown ? "true" : "false"} aria-controls="pages-list"
      onClick=${() => setShown(!shown)}>${t("act.pages")}</button>
    <nav id="pages-list" hidden=${!shown} aria-label=${t("page.nav")}>
      <p class="pages-hint">${t("page.new_tab")}</p>
      <ul>${pages.map((page) => html`<li key=${page.path}>
        <a href=${page.path} target="_blank" rel="noopener" onClick=${() => setShown(false)}>${t(page.word)}</a>
      </li>`)}</ul>
    </nav>
  </div>`;
}
