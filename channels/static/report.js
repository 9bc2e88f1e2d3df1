// Does a little work while somebody writes a report, so that floods cost who makes them. It keeps
// nothing, and a report goes out with or without it.
"use strict";
const form = document.querySelector("form[data-challenge]");

const begin = () => {
  const { challenge, solver } = form.dataset;
  const policy = self.trustedTypes?.createPolicy("solver", { createScriptURL: () => solver });
  const worker = new Worker(policy ? policy.createScriptURL("") : solver);
  worker.onmessage = ({ data }) => {
    form.elements.work.value = data;
    worker.terminate();
  };
  worker.postMessage(JSON.parse(challenge));
};

// Only a secure page may count so; only who writes needs it.
if (form && self.crypto?.subtle && self.Worker) form.addEventListener("input", begin, { once: true });
