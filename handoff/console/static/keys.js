// Keyboard shortcuts: single letters, off while typing, in a dialog, and when switched off.
import { claim, claimNext, focusSoon, holdsOpen, openNextUnanswered } from "./actions.js";
import { blur } from "./comfort.js";
import { lock } from "./session.js";
import { canClaim, dialog, locked, openEntry, pane, shortcuts } from "./state.js";

export const KEYS = [
  ["c", "keys.claim_next", claimNext],
  ["t", "keys.take_this", () => canClaim(openEntry.value) && claim(openEntry.value.id)],
  ["u", "keys.unanswered", openNextUnanswered],
  ["j", "keys.next", () => step(1)],
  ["k", "keys.previous", () => step(-1)],
  ["r", "keys.reply", () => holdsOpen() && show("thread", "reply")],
  ["n", "keys.note", () => holdsOpen() && show("why", "note")],
  ["p", "keys.phrases", () => holdsOpen() && phrases()],
  ["f", "keys.find", () => openEntry.value && show("why", "find")],
  ["w", "keys.why", () => openEntry.value && show("why", "why")],
  ["d", "keys.lower", () => ask("tier")],
  ["b", "keys.release", () => ask("release")],
  ["x", "keys.close", () => ask("close")],
  ["h", "keys.blur", blur],
  ["s", "keys.screen", () => { dialog.value = { kind: "screen" }; }],
  ["l", "keys.lock", () => lock("by_hand")],
  ["?", "keys.help", () => { dialog.value = { kind: "help" }; }],
];

const actions = new Map(KEYS.map(([key, , action]) => [key, action]));

export function watchKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.id === "reply") {
      document.getElementById("thread-title")?.focus();
      return;
    }
    // Also while typing: somebody walks in at any moment.
    if (event.key === "F2" && !locked.value) {
      event.preventDefault();
      blur();
      return;
    }
    if (!shortcuts.value || locked.value || dialog.value) return;
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const action = actions.get(event.key);
    if (!action) return;
    event.preventDefault();
    action();
  });
}

function ask(kind) {
  if (!holdsOpen()) return;
  if (kind === "tier" && openEntry.value.tier === null) return;
  dialog.value = { kind };
}

function phrases() {
  show("thread", "reply");
  document.getElementById("phrases-button")?.click();
}

function show(which, focus) {
  pane.value = which;
  focusSoon(focus);
}

// Move the focus along the list; Enter opens.
function step(by) {
  pane.value = "list";
  const rows = [...document.querySelectorAll(".list .row")];
  if (rows.length === 0) return;
  const at = rows.indexOf(document.activeElement);
  const open = rows.findIndex((row) => row.getAttribute("aria-current") === "true");
  const from = at >= 0 ? at : open;
  const next = Math.min(rows.length - 1, Math.max(0, from < 0 ? 0 : from + by));
  // At once where it can be seen, so that a second press starts from there.
  rows[next].focus();
  focusSoon(() => rows[next], 3);
}
