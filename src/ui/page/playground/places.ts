import { groupOf, indexOf, innerList, keyOf, listOf, type StepPath } from '../../playground/paths.js';
import type { StepNode } from '../../playground/wire.js';
import { flat, type Operation } from './state.js';

/** Where a step can go: before the step that is number `to` of a list now. */
export interface Place {
  readonly list: StepPath;
  readonly to: number;
}

const isSame = (a: StepPath, b: StepPath): boolean => keyOf(a) === keyOf(b);

/** The move that brings a step to a place; nothing when it is there. */
export function moveTo({ path }: StepNode, { list, to }: Place): Operation | undefined {
  if (!isSame(list, listOf(path))) return { op: 'move', path, into: list, to };
  const from = indexOf(path);
  return to === from || to === from + 1 ? undefined : { op: 'move', path, to: to > from ? to - 1 : to };
}

/** The end of the group above a step, or else the beginning of the one below it. */
export function inward(tree: readonly StepNode[], { path }: StepNode): Place | undefined {
  const list = listOf(path);
  const neighbour = (by: number): StepNode | undefined =>
    flat(tree).find((step) => isSame(step.path, [...list, indexOf(path) + by]));
  const [above, below] = [neighbour(-1), neighbour(1)];
  const before = above && innerList(above);
  if (above && before) return { list: before, to: above.steps.length };
  const after = below && innerList(below);
  return after && { list: after, to: 0 };
}

/** Behind the group that a step stands in. */
export function outward({ path }: StepNode): Place | undefined {
  const group = groupOf(path);
  return group && { list: listOf(group), to: indexOf(group) + 1 };
}

/** Something on the page that a step can be dropped on: its upper half means one place, the lower half another. */
interface Row {
  /** Finds it on the page. */
  readonly selector: string;
  readonly upper: Place;
  readonly lower: Place;
}

/** From top to bottom all that a step can be dropped on; not itself, nor what is in it or in a preset. */
function rows(steps: readonly StepNode[], list: StepPath, dragged: string): Row[] {
  return steps.flatMap((step, i): Row[] => {
    if (step.key === dragged) return [];
    const item = `[data-item="${step.key}"]`;
    const here: Place = { list, to: i };
    const behind: Place = { list, to: i + 1 };
    const inner = innerList(step);
    if (!inner) return [{ selector: item, upper: here, lower: behind }];
    const end: Place = { list: inner, to: step.steps.length };
    return [
      { selector: `${item} > .card`, upper: here, lower: { list: inner, to: 0 } },
      ...rows(step.steps, inner, dragged),
      { selector: `[data-end="${keyOf(inner)}"]`, upper: end, lower: behind },
    ];
  });
}

/** Where a step that is dragged would go if it were dropped at a height of the screen. */
export function placeAt(
  section: HTMLElement,
  tree: readonly StepNode[],
  dragged: string,
  y: number,
): Place | undefined {
  const boxOf = (selector: string): DOMRect | undefined =>
    section.querySelector(selector)?.getBoundingClientRect();
  const own = boxOf(`[data-item="${dragged}"]`);
  if (own && y >= own.top && y <= own.bottom) return undefined;
  const all = rows(tree, [], dragged).flatMap((row) => {
    const box = boxOf(row.selector);
    return box ? [{ ...row, box }] : [];
  });
  const at = all.findLast(({ box }) => box.top <= y) ?? all[0];
  return at && (y < at.box.top + at.box.height / 2 ? at.upper : at.lower);
}
