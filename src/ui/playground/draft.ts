import { type Document, isCollection, isMap, isSeq, type Node, type YAMLMap, YAMLSeq } from 'yaml';
import { EsrganError } from '../../errors.js';
import { giveToFirst } from './key-comments.js';
import type { StepPath } from './paths.js';
import { stageIn } from './stage-text.js';
import { child, flowing } from './yaml-nodes.js';

/** A document that is being changed. */
export interface Draft {
  readonly document: Document;
  /** See keyComments. */
  readonly comments: Set<string>;
}

/** The list of steps at a path; that of the whole stage for the empty one. */
export function listAt({ document, comments }: Draft, path: StepPath): YAMLSeq {
  const list = nodeAt(document, path);
  if (isSeq(list)) {
    giveToFirst(list, `${path.at(-1) ?? 'degrade'}`, comments);
    return list;
  }
  throw noStep(path);
}

export function stepAt(document: Document, path: StepPath): YAMLMap {
  const step = path.length > 0 ? nodeAt(document, path) : undefined;
  if (isMap(step)) return step;
  throw noStep(path);
}

export function nodeAt(document: Document, path: StepPath): unknown {
  const pair = stageIn(document)?.pair;
  if (!pair) throw noStep(path);
  const value = pair.value as Node | null;
  let node: unknown = isMap(value) ? value.get('steps', true) : value;
  for (const part of path) node = isCollection(node) ? child(document, node, part) : undefined;
  return node;
}

export const noStep = (path: StepPath): EsrganError =>
  new EsrganError('EDIT', `the stage degrade has no step at ${path.join('.') || 'its beginning'}`, {
    remedy: 'Load the page anew.',
  });

/** `degrade: { preset: ... }` becomes the list of one step that it stands for. */
export function enlist({ document, comments }: Draft): void {
  const pair = stageIn(document)?.pair;
  const value = pair?.value;
  if (!pair || !isMap(value) || value.has('steps') || !value.has('preset')) return;
  const name = String(value.get('preset'));
  const list = new YAMLSeq();
  list.items.push(
    flowing(document, { preset: value.get('mode') === 'reference' ? `${name}_reference` : name }),
  );
  if (value.items.length > 1) {
    value.delete('preset');
    value.flow = false;
    value.items.unshift(document.createPair('steps', undefined));
    value.set('steps', list);
    return;
  }
  pair.value = list;
  if (!value.comment) return;
  list.commentBefore = value.comment;
  comments.add(`degrade: #${value.comment}`);
}
