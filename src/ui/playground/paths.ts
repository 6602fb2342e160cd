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
