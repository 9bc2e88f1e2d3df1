// Time on the screen: one tick a second, on the server's clock, and how times are written.
import { signal } from "./vendor/signals.js";
import { language, t } from "./words.js";

let skew = 0;

// Milliseconds on the server's clock.
export const now = signal(Date.now());

export function setServerTime(text) {
  skew = Date.parse(text) - Date.now();
  tick();
}

export function tick() {
  now.value = Date.now() + skew;
}

// How long a person may wait for a human, in seconds: the line's own targets.
const TARGETS = { imminent: 120, urgent: 300, concern: 900 };

export const seconds = (since) => Math.max(0, Math.floor((now.value - Date.parse(since)) / 1000));

export const isLate = (tier, since) => seconds(since) > (TARGETS[tier] ?? TARGETS.concern);

// 0:07, 12:40, 1 h 05.
export function duration(total) {
  const minutes = Math.floor(total / 60);
  const two = (number) => String(number).padStart(2, "0");
  if (minutes < 60) return `${minutes}:${two(total % 60)}`;
  return t("clock.hours", { hours: String(Math.floor(minutes / 60)), minutes: two(minutes % 60) });
}

const format = (options) => (text) =>
  new Intl.DateTimeFormat(`${language.value}-CA`, options).format(new Date(text));

export const timeOf = format({ hour: "2-digit", minute: "2-digit" });
export const dayOf = format({ weekday: "long", day: "numeric", month: "long" });
export const momentOf = format({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
