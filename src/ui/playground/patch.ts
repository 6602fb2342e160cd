import { isMap, isScalar, isSeq, Scalar, stringify } from 'yaml';
import type { Json } from '../../degradations/define.js';

interface Piece {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/**
 * The text with another value at a key below a step, where numbers and words only have to be written over the old ones:
 * every other byte stays as it is. Nothing where more than that has to change.
 */
export function patch(text: string, step: unknown, key: readonly string[], value: Json): string | undefined {
  const node = key.reduce<unknown>(
    (within, part) => (isMap(within) ? within.get(part, true) : undefined),
    step,
  );
  const pieces = over(node, value);
  return pieces
    ?.sort((a, b) => b.from - a.from)
    .reduce((whole, { from, to, text: piece }) => whole.slice(0, from) + piece + whole.slice(to), text);
}

function over(node: unknown, value: Json): Piece[] | undefined {
  if (isScalar(node)) {
    const plain = node.type === Scalar.PLAIN && node.range && node.source !== '' && !node.anchor;
    if (!plain || !node.range || (typeof value === 'object' && value !== null)) return undefined;
    return [{ from: node.range[0], to: node.range[1], text: written(value) }];
  }
  if (isSeq(node) && Array.isArray(value) && node.items.length === value.length)
    return all(value.map((one, i) => over(node.items[i], one as Json)));
  if (!isMap(node) || typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const wanted = Object.entries(value as Readonly<Record<string, Json>>);
  if (wanted.length !== node.items.length) return undefined;
  return all(wanted.map(([name, inner]) => over(node.get(name, true), inner)));
}

const all = (parts: readonly (Piece[] | undefined)[]): Piece[] | undefined =>
  parts.every((part) => part !== undefined) ? parts.flat() : undefined;

function written(value: Json): string {
  const text = stringify(value).trim();
  return /^[\w.+-][\w.:+ -]*$/.test(text) ? text : JSON.stringify(value);
}
