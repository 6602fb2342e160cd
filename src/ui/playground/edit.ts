import { type Document, isMap, type YAMLMap, type YAMLSeq } from 'yaml';
import { EsrganError } from '../../errors.js';
import { type Draft, enlist, listAt, nodeAt, stepAt } from './draft.js';
import { keyComments } from './key-comments.js';
import { moveInto, removeStep } from './move.js';
import type { Operation } from './operations.js';
import { patch } from './patch.js';
import { afterMove, indexOf, inList, keyOf, listOf, type Moved, type StepPath, startsWith } from './paths.js';
import { parsed, spliced, withStageText } from './stage-text.js';
import { unfold } from './unfold.js';
import { flowing, put, remove, withoutAliases } from './yaml-nodes.js';

export interface Edited {
  readonly text: string;
  readonly moved: Moved;
}

const stay: Moved = (path) => path;

/**
 * The text of a pipeline file after an edit of its degrade stage. Comments stay, and so does every byte outside the
 * stage. A step within a preset takes the steps of that preset into the file.
 *
 * @throws EsrganError `EDIT` when the text is no YAML or has no such step
 */
export async function edit(text: string, operation: Operation): Promise<Edited> {
  if (operation.op === 'text') return { text: withStageText(text, operation.text), moved: () => undefined };
  const document = parsed(text);
  const [flaw] = document.errors;
  if (flaw) throw new EsrganError('EDIT', flaw.message.split('\n')[0], { remedy: 'Correct the text first.' });
  if (operation.op === 'set' && presetIn(operation) === undefined) {
    const patched = patch(text, nodeAt(document, operation.path), operation.key, operation.value);
    if (patched !== undefined) return { text: patched, moved: stay };
  }
  const draft: Draft = { document, comments: keyComments(text) };
  let moved = stay;
  let wanted = operation;
  for (let at = presetIn(wanted); at !== undefined; at = presetIn(wanted)) {
    const unfolded = await unfold(draft, at);
    moved = chained(moved, unfolded);
    wanted = { ...wanted, path: unfolded(wanted.path) ?? wanted.path };
    if (wanted.op === 'move' && wanted.into)
      wanted = { ...wanted, into: unfolded(wanted.into) ?? wanted.into };
  }
  const last = wanted.op === 'unfold' ? await unfold(draft, wanted.path) : apply(draft, wanted);
  return { text: spliced(text, draft.document, draft.comments), moved: chained(moved, last) };
}

const chained =
  (first: Moved, second: Moved): Moved =>
  (path) => {
    const between = first(path);
    return between && second(between);
  };

/** The outermost preset that has to be taken into the file first. */
function presetIn({ path }: { readonly path: StepPath }): StepPath | undefined {
  const at = path.indexOf('preset');
  return at < 0 ? undefined : path.slice(0, at);
}

type Simple = Exclude<Operation, { readonly op: 'text' | 'unfold' }>;

function apply(draft: Draft, operation: Simple): Moved {
  const { document } = draft;
  const { path } = operation;
  enlist(draft);
  if (operation.op === 'insert') {
    listAt(draft, path).items.splice(operation.at, 0, flowing(document, operation.step));
    return inList(path, (i) => (i >= operation.at ? i + 1 : i));
  }
  const step = stepAt(document, path);
  if (operation.op === 'set') {
    put(document, step, operation.key, operation.value);
    return stay;
  }
  if (operation.op === 'unset') {
    remove(document, step, operation.key);
    return stay;
  }
  if (operation.op === 'move' || operation.op === 'remove') withoutAliases(document, step);
  const list = listAt(draft, listOf(path));
  const from = indexOf(path);
  switch (operation.op) {
    case 'move': {
      const { into } = operation;
      if (into && keyOf(into) !== keyOf(listOf(path))) return moveInto(draft, path, into, operation.to);
      const to = Math.max(0, Math.min(list.items.length - 1, operation.to));
      list.items.splice(to, 0, ...list.items.splice(from, 1));
      return inList(listOf(path), afterMove(from, to));
    }
    case 'duplicate':
      list.items.splice(from + 1, 0, step.clone());
      return inList(listOf(path), (i) => (i > from ? i + 1 : i));
    case 'wrap':
      return wrap(document, list, path, operation.kind);
    case 'remove':
      return removeStep(draft, list, path);
  }
}

function wrap(
  document: Document,
  list: YAMLSeq,
  path: StepPath,
  kind: 'one_of' | 'shuffle' | 'repeat',
): Moved {
  const from = indexOf(path);
  const group = flowing(
    document,
    kind === 'repeat' ? { repeat: { times: [1, 2], steps: [] } } : { [kind]: [] },
  );
  const inner = (kind === 'repeat' ? group.getIn(['repeat', 'steps']) : group.get(kind)) as YAMLSeq;
  inner.flow = false;
  const repeat = group.get('repeat');
  if (isMap(repeat)) repeat.flow = false;
  const step = list.items[from] as YAMLMap;
  // What a choice among its neighbours goes by stays with the place, not with the step.
  const weight = step.items.find(({ key }) => String(key) === 'weight');
  if (weight) {
    step.delete('weight');
    group.items.push(weight);
  }
  inner.items.push(step);
  list.items[from] = group;
  const below = kind === 'repeat' ? ['repeat', 'steps', 0] : [kind, 0];
  return (at) => (startsWith(at, path) ? [...path, ...below, ...at.slice(path.length)] : at);
}
