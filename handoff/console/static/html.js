// Tagged templates instead of a build step: html`<p>${text}</p>` makes Preact nodes. Text becomes
// text nodes, always; no module of the console sets innerHTML, and Trusted Types would refuse it.
import { h } from "./vendor/preact.js";
import htm from "./vendor/htm.js";

export const html = htm.bind(h);
