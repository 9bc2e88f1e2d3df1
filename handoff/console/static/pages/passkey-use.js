// The sign-in page: offers a passkey where the browser has them; the form works without.
import { canUsePasskeys, signInWithPasskey } from "../passkey.js";

const button = document.getElementById("passkey");
const problem = document.getElementById("passkey-problem");
if (canUsePasskeys()) {
  button.hidden = false;
  button.addEventListener("click", signIn);
}

async function signIn() {
  problem.hidden = true;
  button.disabled = true;
  try {
    await signInWithPasskey();
    location.assign("/");
  } catch (refusal) {
    problem.textContent = words(refusal);
    problem.hidden = false;
    button.disabled = false;
  }
}

function words({ code, waitSeconds }) {
  if (code === "wrong_password") return problem.dataset.wrong;
  if (code === "too_many_attempts") {
    return problem.dataset.wait.replace("{minutes}", String(Math.ceil(waitSeconds / 60)));
  }
  return problem.dataset.failed;
}
