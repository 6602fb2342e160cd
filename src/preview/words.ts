import type { TracedStep } from './types.js';

/** A number as it is read: three significant digits, whole numbers as they are. */
export function number(value: number): string {
  if (Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  return size < 1e-3 || size >= 1e6 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
}

/** One value of drawn parameters, with the path that leads to it. */
export type Leaf = readonly [name: string, value: string | number | boolean];

/** Longer lists of numbers, such as a whole kernel, are counted instead of listed. */
const MOST_LISTED = 4;

/** All values of drawn parameters. Seeds of noise fields say nothing to a reader and are left out. */
export function leaves(params: unknown, name = ''): Leaf[] {
  if (params === null || params === undefined || name === 'seed' || name.endsWith(' seed')) return [];
  if (Array.isArray(params)) {
    if (params.length > MOST_LISTED) return [[name, `${params.length} values`]];
    return params.flatMap((value, i) => leaves(value, `${name} ${i + 1}`.trim()));
  }
  if (typeof params === 'object')
    return Object.entries(params).flatMap(([key, value]) => leaves(value, `${name} ${key}`.trim()));
  if (typeof params === 'string' || typeof params === 'number' || typeof params === 'boolean')
    return [[name || 'value', params]];
  return [];
}

/** A name of the pipeline file in plain words. */
export const spaced = (name: string): string => name.replaceAll('_', ' ');

/** `{ kernel: 'aniso', sigma: [1.234, 2], gray: false }` as `kernel aniso, sigma 1.23 / 2`; false goes without saying. */
export function inWords(params: unknown): string {
  const words: string[] = [];
  let list = '';
  for (const [name, value] of leaves(params)) {
    if (value === false) continue;
    const [, base, place] = /^(.*) (\d)$/.exec(name) ?? [];
    const text = value === true ? name : typeof value === 'number' ? number(value) : value;
    if (place !== undefined && place !== '1' && base === list) words.push(`${words.pop()} / ${text}`);
    else words.push(value === true ? spaced(text) : `${spaced(base ?? name)} ${text}`);
    list = place === undefined ? '' : base;
  }
  return words.join(', ');
}

/**
 * Which picture the image after a step is, in words. Before the first step on lq alone a step on both is done once,
 * for gt and lq; later it is done to each.
 */
export function pictureOf(steps: readonly TracedStep[], i: number): string {
  const { name, on, picture } = steps[i];
  const next = steps[i + 1];
  const twice = next?.on === 'both' && next.name === name && next.picture === 'lq';
  return on === 'both' && picture === 'gt' && !twice ? 'gt and lq' : picture;
}
