const voids = new Set(['meta', 'img', 'path', 'circle', 'rect', 'br', 'wbr', 'input']);
const tag = /<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z:-]+(?:="[^"<>]*")?)*)\s*\/?>/g;
const entity = /&(?!(?:amp|lt|gt|quot|#39|#13);)/;

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Text of the element and of all inside it, as readers of English see it. */
  text: string;
  /** The same for readers of Chinese. */
  zh: string;
  /** In which language it is shown; both when undefined. */
  readonly tongue?: 'en' | 'zh';
}

export const decode = (text: string): string =>
  text
    .replaceAll('&#13;', '\r')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&gt;', '>')
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&');

const isRaw = (element?: Element): boolean => element?.name === 'style' || element?.name === 'script';

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
    if (/[<>]/.test(raw) && !isRaw(open.at(-1))) throw new Error(`stray bracket in ${raw}`);
    if (entity.test(raw) && !isRaw(open.at(-1))) throw new Error(`bare ampersand in ${raw}`);
    const tongues = open.map(({ tongue }) => tongue);
    for (const element of open) {
      if (!tongues.includes('zh')) element.text += decode(raw);
      if (!tongues.includes('en')) element.zh += decode(raw);
    }
  };
  const body = document.replace(/^<!DOCTYPE html>\n/, '');
  for (const match of body.matchAll(tag)) {
    take(body.slice(end, match.index));
    end = match.index + match[0].length;
    const [, slash, name, source] = match;
    if (open.at(-1)?.name === 'script' && !(slash && name === 'script')) continue;
    if (slash) {
      const last = open.pop();
      if (last?.name !== name) throw new Error(`</${name}> closes <${last?.name}>`);
      continue;
    }
    const attributes = attributesOf(source);
    const { class: shown } = attributes;
    const tongue = shown === 'en' || shown === 'zh' ? shown : undefined;
    const element: Element = { name, attributes, text: '', zh: '', tongue };
    if (entity.test(source)) throw new Error(`bare ampersand in ${source}`);
    all.push(element);
    if (!voids.has(name)) open.push(element);
  }
  take(body.slice(end));
  if (open.length > 0) throw new Error(`<${open.at(-1)?.name}> stays open`);
  return all;
}
