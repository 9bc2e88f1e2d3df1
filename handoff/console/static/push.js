// Turns alerts by Web Push on and off for this browser. Only on an advocate's own press of a button.

import { del, get, post } from "./request.js";

const WORKER = "/static/push-worker.js";

// The one address that a policy of the page lets through (handoff/guard.py names the policy).
const policy = globalThis.trustedTypes?.createPolicy("push-worker", {
  createScriptURL: () => WORKER,
});

export const canPush = () => "serviceWorker" in navigator && "PushManager" in globalThis;

// "on", "off", "denied" (by the browser), "impossible", or "failed": the browser has no service
// that reaches it, which is so where its maker's is out of reach.
export async function pushState() {
  if (!canPush()) return "impossible";
  if (Notification.permission === "denied") return "denied";
  const registration = await navigator.serviceWorker.getRegistration("/static/");
  return (await registration?.pushManager.getSubscription()) ? "on" : "off";
}

export async function pushOn() {
  if (!canPush()) return "impossible";
  if ((await Notification.requestPermission()) !== "granted") return "denied";
  const address = policy ? policy.createScriptURL("") : WORKER;
  const registration = await navigator.serviceWorker.register(address, { scope: "/static/" });
  await active(registration);
  const { application_server_key: key } = await get("/api/duty");
  const wanted = { userVisibleOnly: true, applicationServerKey: bytes(key) };
  const subscription = await registration.pushManager.subscribe(wanted).catch(() => null);
  if (subscription === null) return "failed";
  const { endpoint, keys } = subscription.toJSON();
  await post("/api/push", { endpoint, p256dh: keys.p256dh, auth: keys.auth });
  return "on";
}

export async function pushOff() {
  const registration = await navigator.serviceWorker?.getRegistration("/static/");
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
  await del("/api/push");
  return "off";
}

function active(registration) {
  const worker = registration.installing ?? registration.waiting;
  if (!worker || registration.active) return Promise.resolve();
  return new Promise((resolve) => {
    worker.addEventListener("statechange", () => worker.state === "activated" && resolve());
  });
}

function bytes(base64url) {
  const text = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
