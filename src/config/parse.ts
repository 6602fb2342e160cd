import type { z } from 'zod';
import { EsrganError } from '../errors.js';
import { codeFrame, type Mark } from './frame.js';
import { applyOverrides, type Origin, type Override } from './overrides.js';
import { type Problem, problemsOf, valueAt } from './problems.js';
import { type Path, readYaml, type Spot, type YamlFile } from './yaml-file.js';

const shownAtMost = 5;

/**
 * Reads a YAML text, applies `--set` overrides and checks it against a schema.
 *
 * @throws EsrganError CONFIG_SYNTAX when the text is not YAML; CONFIG_INVALID naming up to five problems,
 * each with line and column; CONFIG_OVERRIDE when an override names nothing the schema knows.
 */
export function parseYaml<T>(
  schema: z.ZodType<T>,
  text: string,
  file: string,
  overrides: readonly Override[] = [],
): T {
  const yaml = readYaml(text, file);
  if (yaml.value === null || yaml.value === undefined)
    throw new EsrganError('CONFIG_INVALID', 'the file is empty', { place: { file } });
  const { value, origins } = applyOverrides(schema, yaml.value, overrides);
  const parsed = check(schema, value);
  if (parsed.ok) return parsed.data;
  throw invalid(parsed.problems, { yaml, text, origins });
}

/** What a value was read from. */
export interface ReadFrom {
  readonly yaml: YamlFile;
  readonly text: string;
  /** The latest first. */
  readonly origins: readonly Origin[];
}

/** CONFIG_INVALID naming up to five problems, each with its line and column, or the override that brought it. */
export function invalid(problems: readonly Problem[], from: ReadFrom): EsrganError {
  const located = problems.map((problem) => ({ ...problem, ...spotOf(from, problem) }));
  return report(located, from.text);
}

export type Checked<T> =
  | {
      readonly ok: true;
      readonly data: T /** What was read, less the empty keys. */;
      readonly value: unknown;
    }
  | { readonly ok: false; readonly problems: Problem[] };

/** `key: ~` says nothing about the key, as in the option files of BasicSR, unless null means something there. */
export function check<T>(schema: z.ZodType<T>, value: unknown): Checked<T> {
  const first = attempt(schema, value);
  if (first.ok) return first;
  const empty = first.problems.filter(
    ({ path, kind }) => kind === 'type' && path.length > 0 && valueAt(value, path) === null,
  );
  return empty.length === 0
    ? first
    : attempt(
        schema,
        empty.reduce((v, { path }) => without(v, path), value),
      );
}

function attempt<T>(schema: z.ZodType<T>, value: unknown): Checked<T> {
  const result = schema.safeParse(value);
  return result.success
    ? { ok: true, data: result.data, value }
    : { ok: false, problems: problemsOf(schema, value, result.error.issues) };
}

/** A copy of a value that lacks what stands at a path. */
export function without(value: unknown, [step, ...rest]: Path): unknown {
  if (Array.isArray(value))
    return value.map((item, i) => (i === step && rest.length > 0 ? without(item, rest) : item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => rest.length > 0 || key !== step)
      .map(([key, inner]) => [key, key === step ? without(inner, rest) : inner]),
  );
}

/** Where something was written: in the file, or as an override. */
export function spotOf({ yaml, origins }: ReadFrom, { path, at }: Pick<Problem, 'path' | 'at'>): Spot {
  const origin = origins.find((one) => one.path.every((step, i) => path[i] === step));
  return origin ? { place: { file: origin.text } } : yaml.spot(path, at);
}

type Located = Problem & Spot;

function report(problems: readonly Located[], text: string): EsrganError {
  const order = ({ place }: Spot): number => (place.line ?? 0) * 1e4 + (place.column ?? 0);
  const shown = [...problems].sort((a, b) => order(a) - order(b)).slice(0, shownAtMost);
  const [first] = shown;
  if (problems.length === 1) return new EsrganError('CONFIG_INVALID', first.message, first);
  const list = shown.map(
    ({ message, place }) => `  ${place.line ? `${place.line}:${place.column}` : place.file}  ${message}`,
  );
  const more = problems.length > shown.length ? `\n  ... and ${problems.length - shown.length} more` : '';
  return new EsrganError('CONFIG_INVALID', `${problems.length} problems\n${list.join('\n')}${more}`, {
    place: first.place,
    frame: frames(shown, text),
  });
}

/** One frame a line, however many problems it has. */
function frames(spots: readonly Spot[], text: string): string | undefined {
  const marks = new Map<number, Mark[]>();
  for (const { place, length = 1 } of spots) {
    if (place.line === undefined) continue;
    const mark = { column: place.column ?? 1, length };
    marks.set(place.line, [...(marks.get(place.line) ?? []), mark]);
  }
  return marks.size === 0 ? undefined : [...marks].map(([line, at]) => codeFrame(text, line, at)).join('\n');
}
