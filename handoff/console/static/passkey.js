// Asks this browser for a passkey. Bytes travel as base64url, in both directions.

import { post } from "./request.js";

export const canUsePasskeys = () => "PublicKeyCredential" in globalThis;

// A new passkey; raises what the browser says when the person or the device does not want to.
export async function makePasskey(options) {
  const credential = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: options.excludeCredentials.map(withBytes),
    },
  });
  const { clientDataJSON, attestationObject } = credential.response;
  return plain(credential, { clientDataJSON, attestationObject });
}

// Signs in; answers with who it is. Raises a Refusal, or what the browser says.
export async function signInWithPasskey() {
  const options = await post("/api/session/passkey/options");
  const credential = await navigator.credentials.get({
    publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: [] },
  });
  const { clientDataJSON, authenticatorData, signature, userHandle } = credential.response;
  return post("/api/session/passkey", {
    credential: plain(credential, { clientDataJSON, authenticatorData, signature, userHandle }),
  });
}

function plain(credential, response) {
  const written = Object.entries(response).filter(([, value]) => value !== null);
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: Object.fromEntries(written.map(([name, value]) => [name, text(value)])),
  };
}

const withBytes = (known) => ({ ...known, id: bytes(known.id) });

function bytes(base64url) {
  const letters = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
