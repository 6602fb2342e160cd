import { readFile } from 'node:fs/promises';
import { type Document, isCollection, isMap, isSeq, type Node, type YAMLMap, YAMLSeq } from 'yaml';
import { type PresetName, presetNames, presetPath } from '../../degradations/presets.js';
import { EsrganError } from '../../errors.js';
import { giveToFirst, keyComments } from './key-comments.js';
import type { Operation } from './operations.js';
import { patch } from './patch.js';
import { afterMove, indexOf, inList, listOf, type Moved, type StepPath, startsWith } from './paths.js';
import { parsed, spliced, stageIn, withStageText } from './stage-text.js';
import { child, flowing, put, remove } from './yaml-nodes.js';

export interface Edited {
  readonly text: string;
  readonly moved: Moved;
}

/** A document that is being changed. */
interface Draft {
  readonly document: Document;
  /** See keyComments. */
  readonly comments: Set<string>;
}

const stay: Moved = (path) => path;

/**
 * The text of a pipeline file after an edit of its degrade stage. Comments stay, and so does every byte outside the
 * stage. A step within a preset takes the steps of that preset into the file.
 *
 * @throws EsrganError `EDIT` when the text has no such step
 */
export async function edit(text: string, operation: Operation): Promise<Edited> {
  if (operation.op === 'text') return { text: withStageText(text, operation.text), moved: () => undefined };
  if (operation.op === 'set' && presetIn(operation) === undefined) {
    const patched = patch(text, nodeAt(parsed(text), operation.path), operation.key, operation.value);
    if (patched !== undefined) return { text: patched, moved: stay };
  }
  const draft: Draft = { document: parsed(text), comments: keyComments(text) };
  let moved = stay;
  let wanted = operation;
  for (let at = presetIn(wanted); at !== undefined; at = presetIn(wanted)) {
    const unfolded = await unfold(draft, at);
    moved = chained(moved, unfolded);
    wanted = { ...wanted, path: unfolded(wanted.path) ?? wanted.path };
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
  const list = listAt(draft, listOf(path));
  const from = indexOf(path);
  switch (operation.op) {
    case 'move': {
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

/** A group needs a step: with its last one it goes too. */
function removeStep(draft: Draft, list: YAMLSeq, path: StepPath): Moved {
  const from = indexOf(path);
  const group = path.findLastIndex((part, i) => typeof part === 'number' && i < path.length - 1);
  if (list.items.length === 1 && group >= 0) {
    const outer = path.slice(0, group + 1);
    return removeStep(draft, listAt(draft, listOf(outer)), outer);
  }
  list.items.splice(from, 1);
  return inList(listOf(path), (i) => (i === from ? undefined : i > from ? i - 1 : i));
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

/** The list of steps at a path; that of the whole stage for the empty one. */
function listAt({ document, comments }: Draft, path: StepPath): YAMLSeq {
  const list = nodeAt(document, path);
  if (isSeq(list)) {
    giveToFirst(list, `${path.at(-1) ?? 'degrade'}`, comments);
    return list;
  }
  throw noStep(path);
}

function stepAt(document: Document, path: StepPath): YAMLMap {
  const step = path.length > 0 ? nodeAt(document, path) : undefined;
  if (isMap(step)) return step;
  throw noStep(path);
}

function nodeAt(document: Document, path: StepPath): unknown {
  const pair = stageIn(document)?.pair;
  if (!pair) throw noStep(path);
  const value = pair.value as Node | null;
  let node: unknown = isMap(value) ? value.get('steps', true) : value;
  for (const part of path) node = isCollection(node) ? child(document, node, part) : undefined;
  return node;
}

const noStep = (path: StepPath): EsrganError =>
  new EsrganError('EDIT', `the stage degrade has no step at ${path.join('.') || 'its beginning'}`, {
    remedy: 'Load the page anew.',
  });

/** Puts the steps of a preset in its place: into the list around it, or below `steps` where something is said of all. */
async function unfold(draft: Draft, path: StepPath): Promise<Moved> {
  const { document, comments } = draft;
  enlist(draft);
  const step = stepAt(document, path);
  const name = step.get('preset');
  if (!isPreset(name)) throw noStep(path);
  const steps = await stepsOf(name, comments);
  const alone = step.items.length === 1 && path.length === 1;
  if (alone) {
    const comment = step.commentBefore;
    const [first] = steps.items;
    if (comment && isMap(first))
      first.commentBefore = [comment, first.commentBefore].filter(Boolean).join('\n');
    listAt(draft, listOf(path)).items.splice(indexOf(path), 1, ...steps.items);
    return inPlace(path, steps.items.length);
  }
  step.delete('preset');
  step.flow = false;
  step.items.unshift(document.createPair('steps', undefined));
  step.set('steps', steps);
  return (at) =>
    startsWith(at, [...path, 'preset']) ? [...path, 'steps', ...at.slice(path.length + 1)] : at;
}

/** `degrade: { preset: ... }` becomes the list of one step that it stands for. */
function enlist({ document, comments }: Draft): void {
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

/** Where steps go when those of a preset take its place in a list. */
const inPlace =
  (path: StepPath, count: number): Moved =>
  (at) => {
    const list = listOf(path);
    const index = indexOf(path);
    if (startsWith(at, [...path, 'preset'])) {
      const inner = Number(at[path.length + 1]);
      return [...list, index + inner, ...at.slice(path.length + 2)];
    }
    return inList(list, (i) => (i === index ? undefined : i > index ? i + count - 1 : i))(at);
  };

async function stepsOf(name: string, comments: Set<string>): Promise<YAMLSeq> {
  if (!isPreset(name)) throw new Error(`there is no preset ${name}`);
  const text = await readFile(presetPath(name), 'utf8');
  const steps = parsed(text).contents;
  if (!isSeq(steps)) throw new Error(`preset ${name} is no list`);
  for (const comment of keyComments(text)) comments.add(comment);
  giveToFirst(steps as YAMLSeq, '', comments);
  return steps as YAMLSeq;
}

const isPreset = (name: unknown): name is PresetName => (presetNames as readonly unknown[]).includes(name);
