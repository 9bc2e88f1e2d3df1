// A tier by shape, word and colour; never by colour alone.
import { html } from "../html.js";
import { t } from "../words.js";

const SHAPES = {
  imminent: "M5.2 1h5.6L15 5.2v5.6L10.8 15H5.2L1 10.8V5.2z",
  urgent: "M8 1.2 15.6 14.6H.4z",
  concern: "M8 1.4a6.6 6.6 0 1 1 0 13.2A6.6 6.6 0 0 1 8 1.4z",
  none: "M2 7h12v2H2z",
};

export const tierWord = (tier) => t(`tier.${tier ?? "none"}`);

export function Shape({ tier }) {
  const name = tier ?? "none";
  return html`<svg class="shape" data-tier=${name} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    <path d=${SHAPES[name]} />
  </svg>`;
}

export function Tier({ tier }) {
  return html`<span class="tier" data-tier=${tier ?? "none"}><${Shape} tier=${tier} />${tierWord(tier)}</span>`;
}
