import { type Content, Html, html } from './html.js';
import { texts, type Words } from './words.js';

const inTongue = (tongue: 'en' | 'zh'): Words =>
  Object.fromEntries(Object.entries(texts).map(([key, pair]) => [key, pair[tongue]])) as Words;

export const english = inTongue('en');
export const mandarin = inTongue('zh');

const textOf = (content: Content): string => html`${content}`.text;

/** A piece of text in both languages, of which the page shows one; once where they do not differ. */
export function both(say: (words: Words) => Content): Html {
  const [en, zh] = [textOf(say(english)), textOf(say(mandarin))];
  if (en === zh) return new Html(en);
  return new Html(`<span class="en" lang="en">${en}</span><span class="zh" lang="zh-TW">${zh}</span>`);
}

/** An attribute in English, and what the page's switch puts in its place. */
export function attribute(name: string, say: (words: Words) => string): Html {
  const [en, zh] = [say(english), say(mandarin)];
  const plain = html` ${new Html(name)}="${en}"`;
  return en === zh ? plain : html`${plain} data-zh-${new Html(name)}="${zh}"`;
}

/** An option of a list: there markup is not allowed, so its text is exchanged. */
export const option = (value: string, say: (words: Words) => string, isChosen: boolean): Html =>
  html`<option value="${value}"${isChosen && html` selected`} data-zh="${say(mandarin)}">${say(english)}</option>`;

/** A table wide enough to scroll by itself, reachable by keyboard. */
export const scrolling = (label: (words: Words) => string, table: Html): Html =>
  html`<div class="scroll" role="region"${attribute('aria-label', label)} tabindex="0">${table}</div>`;

/** Text to be copied. HTML drops a line feed right after the tag; the extra one keeps the text's own. */
export const code = (label: (words: Words) => string, text: string, className?: string): Html =>
  html`<pre${className && html` class="${className}"`} tabindex="0" role="region"${attribute('aria-label', label)}>\n<code>${text}</code></pre>`;
