import { readFile } from 'node:fs/promises';
import { isMap, isSeq, type YAMLSeq } from 'yaml';
import { type PresetName, presetNames, presetPath } from '../../degradations/presets.js';
import { type Draft, enlist, listAt, noStep, stepAt } from './draft.js';
import { giveToFirst, keyComments } from './key-comments.js';
import { indexOf, inList, listOf, type Moved, type StepPath, startsWith } from './paths.js';
import { parsed } from './stage-text.js';

/** Puts the steps of a preset in its place: into the list around it, or below `steps` where something is said of all. */
export async function unfold(draft: Draft, path: StepPath): Promise<Moved> {
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
