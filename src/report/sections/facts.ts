import type { Content, Html } from '../html.js';
import { html } from '../html.js';

/** Names and what they are, one pair a line. */
export const facts = (pairs: readonly (readonly [name: Content, value: Content])[]): Html =>
  html`<dl class="pairs">${pairs.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
