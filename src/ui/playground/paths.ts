/** Where a step stands below the list of steps: `[2, 'one_of', 0]`. Within a preset the path goes on behind `preset`. */
export type StepPath = readonly (string | number)[];

/** Where a step is found after an edit; nothing when it is gone. */
export type Moved = (path: StepPath) => StepPath | undefined;

export const keyOf = (path: StepPath): string => path.join('.');

export const pathOf = (key: string): StepPath =>
  key === '' ? [] : key.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));

export const listOf = (path: StepPath): StepPath => path.slice(0, -1);

export const indexOf = (path: StepPath): number => Number(path.at(-1));

export const startsWith = (path: StepPath, start: StepPath): boolean =>
  start.every((part, i) => path[i] === part);

/** Keys that hold the steps of a group, in itself or, of `repeat`, below it. */
export const listKeys: readonly unknown[] = ['steps', 'one_of', 'shuffle'];

/** The list of the steps that a group of the file holds; nothing for steps that hold none, and for presets. */
export function innerList({ kind, path }: { readonly kind: string; readonly path: StepPath }) {
  if (kind === 'repeat') return [...path, 'repeat', 'steps'];
  return listKeys.includes(kind) ? [...path, kind] : undefined;
}

/** The group that a step stands in. */
export function groupOf(path: StepPath): StepPath | undefined {
  const at = path.findLastIndex((part, i) => typeof part === 'number' && i < path.length - 1);
  return at < 0 ? undefined : path.slice(0, at + 1);
}

/** Changes the index of steps that lie in a list, or below it. */
export const inList =
  (list: StepPath, to: (index: number) => number | undefined): Moved =>
  (path) => {
    if (!startsWith(path, list) || path.length <= list.length) return path;
    const index = to(Number(path[list.length]));
    return index === undefined ? undefined : [...list, index, ...path.slice(list.length + 1)];
  };

export const afterMove = (from: number, to: number) => (index: number) => {
  if (index === from) return to;
  const closed = index > from ? index - 1 : index;
  return closed >= to ? closed + 1 : closed;
};
