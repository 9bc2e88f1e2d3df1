// Draws the wall anew when the board moves, and every few seconds for the clocks. The page is
// fetched as a document, so that no markup is ever made from strings.
const AT_LEAST = 1_000;
const EVERY = 10_000;
let due = Date.now() + EVERY;
let busy = false;

const source = new EventSource("/api/events");
for (const name of ["board", "look"]) source.addEventListener(name, soon);
source.addEventListener("signed_out", leave);

function soon() {
  due = Math.min(due, Date.now() + AT_LEAST);
}

function leave() {
  document.getElementById("main").replaceChildren();
  location.replace("/sign-in");
}

setInterval(() => {
  if (busy || document.hidden || Date.now() < due) return;
  busy = true;
  const request = new XMLHttpRequest();
  request.open("GET", "/wall/now");
  request.responseType = "document";
  request.onloadend = () => {
    busy = false;
    due = Date.now() + EVERY;
    draw(request.response);
  };
  request.send();
}, 250);

function draw(fresh) {
  const wall = fresh?.getElementById("wall");
  const shown = document.getElementById("wall");
  // No wall in the answer: signed out, or the desk does not answer; the next try shows which.
  if (!wall || !shown) return;
  const frames = [...shown.querySelectorAll("[tabindex]")];
  const focused = frames.indexOf(document.activeElement);
  const next = document.importNode(wall, true);
  shown.replaceWith(next);
  if (focused >= 0) next.querySelectorAll("[tabindex]")[focused]?.focus({ preventScroll: true });
}
