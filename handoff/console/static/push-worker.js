// The service worker of the desk: shows alerts that come by Web Push, and opens the desk.
// It fetches nothing, keeps nothing, and an alert says nothing about who waits.

const DESK = new URL("/", self.location.origin).href;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  let alert = {};
  try {
    alert = event.data.json();
  } catch {
    // A push without words still rings.
  }
  event.waitUntil(
    self.registration.showNotification(String(alert.title ?? "Desk"), {
      body: String(alert.body ?? ""),
      tag: "desk",
      renotify: true,
      requireInteraction: alert.now === true,
      icon: "/static/icon.svg",
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openDesk());
});

async function openDesk() {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const open = windows.find((one) => one.url.startsWith(DESK));
  return open ? open.focus() : self.clients.openWindow(DESK);
}
