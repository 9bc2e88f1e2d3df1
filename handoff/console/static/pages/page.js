// A page beside the console: while a human is at work it says so; an abandoned one is left.
//
// The console's sign of life keeps conversations with their advocate; this one does not, on
// purpose: a forgotten page must not keep a person waiting.
const SAY_EVERY = 60_000;
const idle = Number(document.body.dataset.idleSeconds) * 1_000;
let activeAt = Date.now();
let saidAt = Date.now();

for (const name of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"]) {
  addEventListener(name, () => { activeAt = Date.now(); }, { passive: true, capture: true });
}

setInterval(() => {
  const time = Date.now();
  if (time - activeAt > idle) {
    document.getElementById("main").replaceChildren();
    location.replace("/sign-in");
    return;
  }
  if (activeAt > saidAt && time - saidAt > SAY_EVERY) {
    saidAt = time;
    fetch("/api/touch", { method: "POST", credentials: "same-origin" }).catch(() => {});
  }
}, 1_000);
