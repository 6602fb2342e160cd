import { parse } from 'yaml';
import type { z } from 'zod';
import { EsrganError } from '../errors.js';
import { label, valueAt } from './problems.js';
import { isOpen, keysAt, schemasAt } from './schema-walk.js';
import { suggestion } from './suggest.js';
import type { Path } from './yaml-file.js';

/** One `--set a.b=c` of the command line. */
export interface Override {
  readonly path: readonly string[];
  readonly value: unknown;
  /** As it was written, e.g. `--set crop.size=256`. */
  readonly text: string;
}

/** Where an override put its value. */
export interface Origin {
  readonly path: Path;
  readonly text: string;
}

/**
 * Reads `a.b=c`; the value is read as YAML.
 *
 * @throws EsrganError CONFIG_OVERRIDE
 */
export function parseOverride(written: string): Override {
  const text = `--set ${written}`;
  const [, left, right] = /^([^=]+)=(.*)$/s.exec(written) ?? [];
  const path = left?.trim().split('.') ?? [];
  if (path.length === 0 || path.includes(''))
    throw refuse(text, 'this is not of the form key=value', 'Write it as in --set crop.size=256.');
  try {
    return { path, value: parse(right), text };
  } catch {
    throw refuse(text, `the value ${right} cannot be read`, 'Quote it as in --set \'name="a: b"\'.');
  }
}

/** A copy of `value` with the overrides put in, and where each one went. */
export function applyOverrides(
  schema: z.ZodType,
  value: unknown,
  overrides: readonly Override[],
): { readonly value: unknown; readonly origins: readonly Origin[] } {
  const origins: Origin[] = [];
  let result = value;
  for (const override of overrides) {
    const path = locate(schema, result, override);
    result = put(result, path, override);
    origins.unshift({ path, text: override.text });
  }
  return { value: result, origins };
}

/** Whether an override names something that this schema knows. */
export function fits(schema: z.ZodType, value: unknown, override: Override): boolean {
  try {
    locate(schema, value, override);
    return true;
  } catch {
    return false;
  }
}

/** The full path that an override means: `crop.size` is found in `stages`, `write.folder` in `sink`. */
function locate(schema: z.ZodType, value: unknown, { path, text }: Override): Path {
  const [head] = path;
  const root = keysAt(schema, []);
  if (root.includes(head)) return descend(schema, value, path, text);
  for (const place of ['stages', 'sink'].filter((key) => root.includes(key))) {
    const inner = valueAt(value, [place]);
    const here = Array.isArray(inner)
      ? named(inner, head) !== undefined
      : valueAt(inner, [head]) !== undefined;
    if (here) return descend(schema, value, [place, ...path], text);
  }
  const stages = keysAt(schema, ['stages', 0]);
  if (stages.includes(head))
    throw refuse(
      text,
      `this pipeline has no stage "${head}"`,
      `Add the stage to the file, or leave out ${text}.`,
    );
  throw refuse(text, `unknown key "${head}"${suggestion(head, [...root, ...stages], 'known keys')}`);
}

function descend(schema: z.ZodType, value: unknown, path: readonly string[], text: string): Path {
  const full: PropertyKey[] = [];
  for (const step of path) {
    const here = valueAt(value, full);
    if (Array.isArray(here)) {
      full.push(...inList(here, step, full, text));
      continue;
    }
    const known = keysAt(schema, full, value);
    const open = schemasAt(schema, full, value).some(isOpen);
    if (!known.includes(step) && !open) {
      const inside = full.length > 0 ? ` in ${label(full)}` : '';
      throw refuse(text, `unknown key "${step}"${inside}${suggestion(step, known, 'known keys')}`);
    }
    full.push(step);
  }
  return full;
}

/** In a list an entry is named by its number, or by the one key it has. */
function inList(list: readonly unknown[], step: string, full: Path, text: string): PropertyKey[] {
  const index = /^\d+$/.test(step) ? Number(step) : named(list, step);
  if (typeof index === 'number' && index < list.length)
    return index === named(list, step) ? [index, step] : [index];
  const names = list.flatMap((item) => (typeof item === 'object' && item !== null ? Object.keys(item) : []));
  const inside = full.join('.') || 'the list';
  throw refuse(
    text,
    `${inside} has no entry ${step}${suggestion(step, names, `its ${list.length} entries`)}`,
    'Entries count from 0.',
  );
}

function named(list: readonly unknown[], key: string): number | undefined {
  const index = list.findIndex(
    (item) => typeof item === 'object' && item !== null && Object.hasOwn(item, key),
  );
  return index < 0 ? undefined : index;
}

/** A copy of `value` with an override put in at a path. */
export function put(
  value: unknown,
  [step, ...rest]: Path,
  override: Pick<Override, 'value' | 'text'>,
): unknown {
  if (step === undefined) return override.value;
  if (Array.isArray(value)) return value.map((item, i) => (i === step ? put(item, rest, override) : item));
  if (value !== null && value !== undefined && typeof value !== 'object')
    throw refuse(override.text, `"${String(value)}" has no keys to set`);
  const inner: unknown = value ? Reflect.get(value, step) : undefined;
  return { ...value, [step]: put(inner, rest, override) };
}

export function refuse(text: string, message: string, remedy?: string): EsrganError {
  return new EsrganError('CONFIG_OVERRIDE', message, { place: { file: text }, remedy });
}
