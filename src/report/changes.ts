import type { Change } from './types.js';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isPlain = (value: unknown): boolean =>
  !isObject(value) &&
  (!Array.isArray(value) || value.every((item) => !isObject(item) && !Array.isArray(item)));

const named = (at: string, key: string): string => (at === '' ? key : `${at}.${key}`);

/** Every value with the path that leads to it; lists of values stay whole. */
function leaves(value: unknown, at = ''): [path: string, text: string][] {
  if (value === undefined) return [];
  if (isPlain(value)) return [[at, JSON.stringify(value)]];
  const entries = Array.isArray(value)
    ? value.map((item, i) => [String(i), item] as const)
    : Object.entries(value as Record<string, unknown>);
  return entries.flatMap(([key, inner]) => leaves(inner, named(at, key)));
}

/** All options of a plain JSON value: `train.optim_g.lr`, its value as JSON in `after`. */
export const effectiveOptions = (options: unknown): Change[] =>
  leaves(options).map(([path, after]) => ({ path, after }));

/** Where two plain JSON values differ, one entry a place, in the order of the second. */
export function changesBetween(before: unknown, after: unknown): Change[] {
  const [old, now] = [new Map(leaves(before)), new Map(leaves(after))];
  const gone = [...old.keys()].filter((path) => !now.has(path));
  return [...now.keys(), ...gone].flatMap((path) =>
    old.get(path) === now.get(path) ? [] : [{ path, before: old.get(path), after: now.get(path) }],
  );
}
