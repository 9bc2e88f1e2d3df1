// Makes replies appear by themselves and keeps unsent words through a lost connection. The page
// works without this file. Everything stays in memory; text is only ever set as text.
(() => {
  "use strict";
  const at = (id) => document.getElementById(id);
  const [log, form, box, status, stay, leave] = ["log", "write", "text", "status", "stay", "leave"].map(at);
  const [place, step, typing] = at("wait").children;
  const words = form.dataset;
  const queue = []; // messages that the line has not taken yet, oldest first
  const held = []; // own lines that came back while one was still being sent
  let last = Number(log.dataset.last);
  let stream = null;
  let sending = false;
  let tries = 0;
  let timer = 0;
  let escaped = -Infinity;
  let leaving = false;
  let stopped = 0; // when somebody who types counts as having stopped

  const tell = (sentence) => {
    status.textContent = sentence;
  };

  const newKey = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(24)), (b) => b.toString(16).padStart(2, "0")).join("");

  const post = (path, fields) =>
    fetch(path, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(fields),
      keepalive: true,
    });

  function show(author, text, number) {
    const near = low();
    const line = document.createElement("p");
    const who = document.createElement("b");
    const what = document.createElement("span");
    line.className = `line ${author}`;
    if (number) line.dataset.number = number;
    who.textContent = words[author];
    what.textContent = text;
    what.dir = "auto";
    line.append(who, what);
    log.append(line);
    if (near || author === "contact") scrollTo(0, document.body.scrollHeight);
    return line;
  }

  function receive(number, author, text) {
    if (log.querySelector(`[data-number="${number}"]`)) return;
    show(author, text, number);
  }

  const low = () => innerHeight + scrollY > document.body.scrollHeight - 160;

  // Each sentence is set only when it changes: a screen reader reads it out each time.
  function wait(number) {
    const near = low();
    const sentence = number ? place.dataset.words.replace("{place}", number) : "";
    if (place.textContent !== sentence) place.textContent = sentence;
    place.hidden = step.hidden = !number;
    if (near) scrollTo(0, document.body.scrollHeight);
  }

  function writes(now) {
    const near = low();
    clearTimeout(stopped);
    if (now) stopped = setTimeout(writes, 8000);
    if (typing.hidden === Boolean(now)) typing.textContent = now ? typing.dataset.words : "";
    typing.hidden = !now;
    if (near) scrollTo(0, document.body.scrollHeight);
  }

  function forget(except) {
    for (const line of [...log.children]) if (line !== except && line.dataset.number) line.remove();
  }

  function listen() {
    if (stream) stream.close();
    stream = new EventSource(`${words.base}/events?after=${last}`);
    stream.addEventListener("line", (event) => {
      const line = JSON.parse(event.data);
      last = Number(event.lastEventId);
      if (line.author === "advocate") writes(false);
      if (line.author === "contact" && sending) held.push([last, line.author, line.text]);
      else receive(last, line.author, line.text);
    });
    stream.addEventListener("wait", (event) => wait(JSON.parse(event.data).place));
    stream.addEventListener("writing", () => writes(true));
    stream.addEventListener("over", () => {
      stream.close();
      stream = null;
      stay.hidden = true;
      wait(0);
      if (log.querySelector("[data-number]")) {
        forget();
        tell(words.over);
      }
    });
    stream.addEventListener("closing", () => {
      stay.hidden = false;
      stay.scrollIntoView({ block: "nearest" });
    });
    stream.addEventListener("goes_on", () => {
      stay.hidden = true;
    });
    stream.onerror = () => {
      // The browser comes back by itself unless the answer was no stream at all.
      if (stream && stream.readyState === EventSource.CLOSED) setTimeout(listen, 10000);
    };
  }

  async function flush() {
    if (sending || !queue.length || leaving) return;
    sending = true;
    clearTimeout(timer);
    const [message] = queue;
    let answer = null;
    try {
      answer = await post(`${words.base}/say`, message.fields);
    } catch {
      // No connection: tried again below.
    }
    sending = false;
    if (leaving) return;
    if (answer && answer.ok) await taken(message, await answer.json());
    else if (answer && answer.status < 500 && answer.status !== 429) refused(message);
    else return later();
    tries = 0;
    queue.shift();
    flush();
  }

  function taken(message, { number, fresh }) {
    const { line } = message;
    if (fresh) forget(line);
    line.classList.remove("waiting");
    if (log.querySelector(`[data-number="${number}"]`)) line.remove();
    else line.dataset.number = number;
    for (const one of held.splice(0)) receive(...one);
    tell(words.sent);
    if (fresh || !stream) listen();
  }

  function refused({ line, fields }) {
    line.remove();
    if (!box.value) box.value = fields.text;
    tell(words.failed);
  }

  function later() {
    tell(navigator.onLine ? words.again : words.later);
    timer = setTimeout(flush, Math.min(30000, 1000 * 2 ** tries++));
  }

  function send() {
    const text = box.value.trim();
    if (!text) return;
    const line = show("contact", text);
    line.classList.add("waiting");
    queue.push({ line, fields: { text, key: form.elements.key.value, language: form.elements.language.value } });
    form.elements.key.value = newKey();
    box.value = "";
    box.focus();
    tell(words.sending);
    flush();
  }

  function exit() {
    leaving = true;
    queue.length = 0;
    if (stream) stream.close();
    document.body.textContent = "";
    document.title = "";
    post(`${words.base}/leave`, {}).catch(() => {});
    // In a frame of another site the page around it leaves (embed.js).
    if (parent !== self) parent.postMessage("leave", "*");
    location.replace(parent === self ? leave.dataset.url : "about:blank");
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  box.addEventListener("keydown", (event) => {
    const typing = event.shiftKey || event.isComposing || !matchMedia("(hover: hover)").matches;
    if (event.key !== "Enter" || typing) return;
    event.preventDefault();
    send();
  });
  leave.addEventListener("submit", (event) => {
    event.preventDefault();
    exit();
  });
  stay.addEventListener("submit", (event) => {
    event.preventDefault();
    stay.hidden = true;
    post(`${words.base}/stay`, {}).catch(() => {});
    box.focus();
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    if (event.timeStamp - escaped < 3000) exit();
    escaped = event.timeStamp;
    if (!leaving) tell(words.escape);
  });
  addEventListener("message", (event) => {
    if (parent !== self && event.source === parent && event.data === "leave") exit();
  });
  addEventListener("online", flush);
  addEventListener("offline", () => tell(words.later));
  // Back must not bring a kept copy of the page.
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });

  document.documentElement.className = "live";
  scrollTo(0, log.children.length ? document.body.scrollHeight : 0);
  listen();
})();
