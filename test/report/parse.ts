const voids = new Set(['meta', 'img', 'path', 'circle', 'rect', 'br']);
const tag = /<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z:-]+(?:="[^"<>]*")?)*)\s*\/?>/g;
const entity = /&(?!(?:amp|lt|gt|quot|#39|#13);)/;

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Text of the element and of all inside it. */
  text: string;
}

export const decode = (text: string): string =>
  text
    .replaceAll('&#13;', '\r')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&gt;', '>')
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&');

const attributesOf = (source: string): Record<string, string> =>
  Object.fromEntries(
    [...source.matchAll(/([a-zA-Z:-]+)(?:="([^"]*)")?/g)].map(([, name, value]) => [
      name,
      decode(value ?? ''),
    ]),
  );

/** All elements of a document that is balanced and escaped throughout; throws when it is not. */
export function parse(document: string): Element[] {
  const open: Element[] = [];
  const all: Element[] = [];
  let end = 0;
  const take = (raw: string): void => {
    if (/[<>]/.test(raw) && open.at(-1)?.name !== 'style') throw new Error(`stray bracket in ${raw}`);
    if (entity.test(raw)) throw new Error(`bare ampersand in ${raw}`);
    for (const element of open) element.text += decode(raw);
  };
  const body = document.replace(/^<!DOCTYPE html>\n/, '');
  for (const match of body.matchAll(tag)) {
    take(body.slice(end, match.index));
    end = match.index + match[0].length;
    const [, slash, name, source] = match;
    if (slash) {
      const last = open.pop();
      if (last?.name !== name) throw new Error(`</${name}> closes <${last?.name}>`);
      continue;
    }
    const element = { name, attributes: attributesOf(source), text: '' };
    if (entity.test(source)) throw new Error(`bare ampersand in ${source}`);
    all.push(element);
    if (!voids.has(name)) open.push(element);
  }
  take(body.slice(end));
  if (open.length > 0) throw new Error(`<${open.at(-1)?.name}> stays open`);
  return all;
}
