// Talks to the desk's API. Every refusal becomes a Refusal with the API's stable code.

export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.code);
    this.status = status;
    this.code = problem.code;
    this.holder = problem.holder ?? null;
    this.waitSeconds = problem.wait_seconds ?? null;
  }
}

export const get = (path) => request("GET", path);
export const post = (path, body) => request("POST", path, body ?? null);
export const del = (path) => request("DELETE", path, null);
// A post that goes out even when the page is left at this moment.
export const postLast = (path) => request("POST", path, null, { keepalive: true });

async function request(method, path, body, more = {}) {
  const options = { method, cache: "no-store", credentials: "same-origin", redirect: "error", ...more };
  if (method === "POST") {
    options.headers = { "content-type": "application/json" };
    if (body !== null) options.body = JSON.stringify(body);
  }
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Refusal(0, { code: "unreachable" });
  }
  if (answer.status === 204) return null;
  const content = await answer.json().catch(() => null);
  if (!answer.ok) throw new Refusal(answer.status, content?.error ?? { code: "internal" });
  return content;
}
