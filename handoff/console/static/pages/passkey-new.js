// The account's page: makes the passkey that the server asked for, and sends it with the form.
import { canUsePasskeys, makePasskey } from "../passkey.js";

const form = document.getElementById("passkey-form");
const start = document.getElementById("passkey-start");
if (canUsePasskeys()) {
  document.getElementById("passkey-script")?.remove();
  if (start) start.hidden = false;
  if (form) {
    form.hidden = false;
    form.addEventListener("submit", make);
    document.getElementById("passkey-name").focus();
  }
}

async function make(event) {
  event.preventDefault();
  const problem = document.getElementById("passkey-problem");
  problem.hidden = true;
  try {
    const made = await makePasskey(JSON.parse(form.dataset.options));
    document.getElementById("passkey-credential").value = JSON.stringify(made);
    // Not the button again: `submit` does not come back to this listener.
    form.submit();
  } catch {
    problem.hidden = false;
  }
}
