// Looks for new tips every half minute, but never while somebody is at work on the page.

const EVERY_MS = 30_000;

setInterval(() => {
  const idle = document.activeElement === document.body || document.activeElement === null;
  if (idle && document.visibilityState === "visible") {
    location.reload();
  }
}, EVERY_MS);
