import { isCollection, type Node, type YAMLSeq } from 'yaml';
import { type Draft, listAt, nodeAt, noStep, stepAt } from './draft.js';
import {
  groupOf,
  indexOf,
  inList,
  listKeys,
  listOf,
  type Moved,
  type StepPath,
  startsWith,
} from './paths.js';
import { withoutAliases } from './yaml-nodes.js';

/** Moves a step to a place in another list. A group that it leaves empty goes. */
export function moveInto(draft: Draft, path: StepPath, into: StepPath, place: number): Moved {
  const ofSteps = into.length === 0 || listKeys.includes(into.at(-1));
  if (!ofSteps || startsWith(into, path) || into.includes('preset')) throw noStep(into);
  const step = stepAt(draft.document, path);
  // Its own list is asked for first: what stands above the first step goes with that.
  listAt(draft, listOf(path));
  const target = listAt(draft, into);
  const to = Math.min(target.items.length, place);
  const comments = commentsOfEmptied(draft, path);
  if (into.at(-1) !== 'one_of') step.delete('weight');
  asLines(draft, into);
  target.items.splice(to, 0, step);
  const opened = inList(into, (i) => (i >= to ? i + 1 : i));
  // First in, then out: the group around both may hold nothing else.
  const left = opened(path) ?? path;
  const closed = removeStep(draft, listAt(draft, listOf(left)), left);
  if (comments.length > 0) step.commentBefore = [...comments, ...commentOf(step)].join('\n');
  return (at) => closed(startsWith(at, path) ? [...into, to, ...at.slice(path.length)] : (opened(at) ?? at));
}

/** A group needs a step: with its last one it goes too. */
export function removeStep(draft: Draft, list: YAMLSeq, path: StepPath): Moved {
  const from = indexOf(path);
  const outer = list.items.length === 1 ? groupOf(path) : undefined;
  if (outer) {
    withoutAliases(draft.document, stepAt(draft.document, outer));
    return removeStep(draft, listAt(draft, listOf(outer)), outer);
  }
  list.items.splice(from, 1);
  return inList(listOf(path), (i) => (i === from ? undefined : i > from ? i - 1 : i));
}

/** What is said of the groups that a step leaves empty: it goes with the step, since nothing else is left to say it. */
function commentsOfEmptied(draft: Draft, path: StepPath): string[] {
  const group = groupOf(path);
  const list = listAt(draft, listOf(path));
  if (!group || list.items.length > 1) return [];
  const outer = commentsOfEmptied(draft, group);
  return [...outer, ...commentOf(stepAt(draft.document, group)), ...commentOf(list)];
}

const commentOf = (node: Node): string[] =>
  [node.commentBefore, node.comment].filter((text) => typeof text === 'string' && text !== '') as string[];

/** A comment needs an end of a line: what a step goes into is written on lines of its own. */
function asLines({ document }: Draft, path: StepPath): void {
  for (let length = 0; length <= path.length; length++) {
    const node = nodeAt(document, path.slice(0, length));
    if (isCollection(node)) node.flow = false;
  }
}
