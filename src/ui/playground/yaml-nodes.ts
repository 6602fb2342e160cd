import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  visit,
  YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Json } from '../../degradations/define.js';

type Collection = YAMLMap | YAMLSeq;

/** What a collection holds at a key; an alias is first replaced by a copy, so that only this place changes. */
export function child(document: Document, within: Collection, key: string | number): Node | undefined {
  const found = within.get(key, true) as Node | undefined;
  if (!isAlias(found)) return found;
  const copy = found.resolve(document)?.clone() as Node | undefined;
  if (copy) {
    visit(copy, { Node: withoutPlace });
    within.set(key, copy);
  }
  return copy;
}

/** A copy has no place in the text, and its anchor stays with the original. */
function withoutPlace(_: unknown, node: Node): void {
  node.range = undefined;
  if ('anchor' in node) delete node.anchor;
}

/**
 * Replaces aliases of what is anchored in a step by copies. Wherever the step goes then, nothing stands before its anchor.
 */
export function withoutAliases(document: Document, step: Node): void {
  const anchors = new Set<string>();
  visit(step, {
    Node: (_, node) => {
      if ('anchor' in node && node.anchor) anchors.add(node.anchor);
    },
  });
  if (anchors.size === 0) return;
  visit(document, {
    Alias: (_, alias, path) => {
      if (!anchors.has(alias.source) || path.includes(step)) return undefined;
      const copy = alias.resolve(document)?.clone() as Node | undefined;
      if (copy) visit(copy, { Node: withoutPlace });
      return copy;
    },
  });
}

function inOneLine(_: unknown, collection: Collection): void {
  collection.flow = true;
}

/** A new step: its own key on a line, all below it in one line. */
export function flowing(document: Document, value: Json): YAMLMap {
  const node = document.createNode(value, { aliasDuplicateObjects: false });
  const step = isMap(node) ? node : new YAMLMap();
  for (const { value: inner } of step.items) if (isCollection(inner)) visit(inner, { Collection: inOneLine });
  return step;
}

/** Writes a value at a key below a step; what stays keeps its comments, and what is written as a list stays one. */
export function put(document: Document, step: YAMLMap, key: readonly string[], value: Json): void {
  let within = step;
  for (const part of key.slice(0, -1)) {
    const next = child(document, within, part);
    if (isMap(next)) within = next;
    else {
      const made = new YAMLMap();
      made.flow = true;
      within.set(part, made);
      within = made;
    }
  }
  const last = String(key.at(-1));
  const before = child(document, within, last);
  if (before && fill(document, before, value)) return;
  const made = document.createNode(value, { flow: true, aliasDuplicateObjects: false });
  if (before && !isPair(before)) {
    made.comment = before.comment;
    made.commentBefore = before.commentBefore;
  }
  within.set(last, made);
}

/** Writes a value of the same shape into the nodes that are there. */
function fill(document: Document, node: Node, value: Json): boolean {
  if (isScalar(node) && (typeof value !== 'object' || value === null)) {
    node.value = value;
    node.format = undefined;
    node.minFractionDigits = undefined;
    return true;
  }
  if (isSeq(node) && Array.isArray(value) && node.items.length === value.length)
    return value.every((one, i) => {
      const item = child(document, node, i);
      return item !== undefined && fill(document, item, one as Json);
    });
  if (!isMap(node) || typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const wanted = Object.entries(value as Readonly<Record<string, Json>>);
  for (const { key } of [...node.items]) if (!wanted.some(([name]) => name === String(key))) node.delete(key);
  for (const [name, inner] of wanted) put(document, node, [name], inner);
  return true;
}

/** Takes a key out. */
export function remove(document: Document, step: YAMLMap, key: readonly string[]): void {
  let within: Node | undefined = step;
  for (const part of key.slice(0, -1)) within = isMap(within) ? child(document, within, part) : undefined;
  if (isMap(within)) within.delete(String(key.at(-1)));
}
