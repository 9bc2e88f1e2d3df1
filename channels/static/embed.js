// Puts a button on another site's page that opens the chat in a frame of its own. Nothing of the
// chat is asked for before the button is pressed; the host page can neither read nor change it.
(() => {
  "use strict";
  const line = new URL(document.currentScript.src).origin;
  const words = "%WORDS%";
  const corner = document.createElement("div");
  const inside = corner.attachShadow({ mode: "open" });
  const style = new CSSStyleSheet();
  style.replaceSync(`
    :host { all: initial; }
    .open { position: fixed; inset-block-end: 1rem; inset-inline-end: 1rem; z-index: 2147483647;
      min-height: 2.75rem; padding: .5rem 1.25rem; border: 2px solid #fff; border-radius: .5rem;
      background: #14545f; color: #fff; font: 600 1.0625rem/1.5 system-ui, sans-serif; cursor: pointer; }
    .open:focus-visible { outline: 3px solid #14545f; outline-offset: 2px; }
    .frame { position: fixed; inset-block-end: 4.5rem; inset-inline-end: 1rem; z-index: 2147483647;
      width: min(24rem, 100vw - 2rem); height: min(38rem, 100vh - 5.5rem);
      border: 1px solid #84949a; border-radius: .5rem; background: Canvas; }
    [hidden] { display: none; }`);
  inside.adoptedStyleSheets = [style];
  const button = document.createElement("button");
  button.type = "button";
  button.className = "open";
  button.textContent = words.label;
  button.setAttribute("aria-expanded", "false");
  inside.append(button);
  corner.lang = words.lang;
  corner.dir = words.dir;
  let frame = null;
  let escaped = -Infinity;

  function open() {
    frame = document.createElement("iframe");
    frame.className = "frame";
    frame.title = words.label;
    frame.referrerPolicy = "no-referrer";
    // Our own origin, so that the session works, and otherwise only what the chat needs.
    frame.sandbox = "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation";
    frame.src = `${line}/${words.code}/embed`;
    inside.prepend(frame);
  }

  function leave() {
    corner.remove();
    document.documentElement.hidden = true;
    location.replace(words.exit);
  }

  button.addEventListener("click", () => {
    if (frame) frame.hidden = !frame.hidden;
    else open();
    button.setAttribute("aria-expanded", String(!frame.hidden));
    if (!frame.hidden) frame.focus();
  });
  addEventListener("message", (event) => {
    if (frame && event.source === frame.contentWindow && event.origin === line && event.data === "leave") leave();
  });
  // Esc twice leaves from the host page too, once the chat was opened. The frame ends its session.
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !frame) return;
    if (event.timeStamp - escaped < 3000) {
      frame.contentWindow.postMessage("leave", line);
      setTimeout(leave, 50);
    }
    escaped = event.timeStamp;
  });
  const put = () => document.body.append(corner);
  if (document.body) put();
  else addEventListener("DOMContentLoaded", put);
})();
