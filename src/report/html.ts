/** A piece of HTML whose strings are already escaped. */
export class Html {
  constructor(readonly text: string) {}
}

export type Content = Html | string | number | false | undefined | readonly Content[];

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '\r': '&#13;',
};
// HTML has no spelling at all for these.
const impossible = /(?![\t\n\r])[\p{Cc}\p{Cs}\ufffe\uffff]/gu;

/** Text as HTML, safe between tags and inside quoted attributes. */
export const escapeHtml = (text: string): string =>
  text.replace(impossible, '\ufffd').replace(/[&<>"'\r]/g, (character) => entities[character]);

function toText(content: Content): string {
  if (content === undefined || content === false) return '';
  if (content instanceof Html) return content.text;
  if (typeof content === 'object') return content.map(toText).join('');
  return escapeHtml(String(content));
}

/** Template tag: every value that is not `Html` itself is escaped. */
export const html = (strings: TemplateStringsArray, ...values: readonly Content[]): Html =>
  new Html(strings.map((part, i) => (i === 0 ? part : toText(values[i - 1]) + part)).join(''));

const shortEscapes: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const escapeOf = (character: string): string =>
  shortEscapes[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

/**
 * A file name in which line feeds, tabs, direction marks and other unseen characters are spelled out,
 * so that two different names never look alike.
 */
export const visible = (name: string): Html =>
  html`${name
    .split(/([\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}])/u)
    .map((part, i) => (i % 2 === 1 ? html`<span class="unseen">${escapeOf(part)}</span>` : part))}`;
