import type { z } from 'zod';
import { expectation, keysAt, schemasAt, wordsAt } from './schema-walk.js';
import { suggestion } from './suggest.js';
import type { Path } from './yaml-file.js';

type Issue = z.core.$ZodIssue;

/** One thing that is wrong with a configuration, in words, and where. */
export interface Problem {
  readonly path: Path;
  readonly at: 'key' | 'value';
  readonly message: string;
  /** A key the schema does not know, a value of another kind than it asks for, or a rule that is broken. */
  readonly kind?: 'unknown' | 'type' | 'rule';
}

/** Puts what a schema found into words; every unknown key and every wrong value is a problem of its own. */
export function problemsOf(schema: z.ZodType, value: unknown, issues: readonly Issue[]): Problem[] {
  const problems = issues.flatMap((issue) => explain(schema, value, issue, []));
  const unknown = problems
    .filter((problem) => problem.kind === 'unknown')
    .map(({ path }) => path.slice(0, -1));
  // A rule such as "exactly one of" has nothing to add about a mapping whose key is misspelt.
  return problems.filter(
    ({ kind, path }) => kind !== 'rule' || !unknown.some((other) => label(other) === label(path)),
  );
}

function explain(schema: z.ZodType, value: unknown, issue: Issue, base: Path): Problem[] {
  const path = [...base, ...issue.path];
  const found = valueAt(value, path);
  const name = label(path);
  const wrong = (message: string): Problem[] => [{ path, at: 'value', message }];
  const here = schemasAt(schema, path, value);
  const misfit = (): Problem[] => [{ path, at: 'value', kind: 'type', message: mismatch(path, found, here) }];
  if (found === undefined && path.length > 0 && issue.code !== 'custom')
    return [{ path, at: 'key', message: missing(path, expectation(here)) }];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(schema, value, path, key));
    case 'invalid_union':
      return bestBranch(schema, value, issue, path) ?? misfit();
    case 'invalid_type':
    case 'invalid_value':
      return misfit();
    case 'too_small':
      return wrong(
        `${name} must ${bound(issue.origin, 'least', issue.minimum, issue.inclusive)}, but is ${show(found)}`,
      );
    case 'too_big':
      return wrong(
        `${name} must ${bound(issue.origin, 'most', issue.maximum, issue.inclusive)}, but is ${show(found)}`,
      );
    case 'not_multiple_of':
      return wrong(`${name} must be a multiple of ${issue.divisor}, but is ${show(found)}`);
    case 'invalid_key':
      return [
        { path, at: 'key', message: `${name}: this key must be ${issue.issues[0]?.message ?? 'another'}` },
      ];
    case 'invalid_format':
      return wrong(`${name} is ${show(found)}; ${issue.message}`);
    default:
      return [
        {
          path,
          at: isMapping(found) ? 'key' : 'value',
          kind: 'rule',
          message: name ? `${name}: ${issue.message}` : issue.message,
        },
      ];
  }
}

function bestBranch(
  schema: z.ZodType,
  value: unknown,
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: Path,
): Problem[] | undefined {
  const near = issue.errors.filter((branch) => branch.length > 0 && !branch.some(isMismatch));
  const [best] = near.sort((a, b) => mistakes(a) - mistakes(b));
  return best?.flatMap((inner) => explain(schema, value, inner, path));
}

const mistakes = (issues: readonly Issue[]): number =>
  issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0);

const isMismatch = (issue: Issue): boolean =>
  issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value');

function missing(path: Path, expected: string): string {
  const inside = label(path.slice(0, -1));
  return `missing key "${String(path.at(-1))}"${inside ? ` in ${inside}` : ''} (${expected})`;
}

function unknownKey(schema: z.ZodType, value: unknown, path: Path, key: string): Problem {
  const noun = isStage(path) ? 'stage' : 'key';
  const inside = isStage(path) ? '' : label(path);
  const message = `unknown ${noun} "${key}"${inside ? ` in ${inside}` : ''}`;
  const known = keysAt(schema, path, value);
  return {
    path: [...path, key],
    at: 'key',
    kind: 'unknown',
    message: message + suggestion(key, known, `known ${noun}s`),
  };
}

const isStage = (path: Path): boolean => path.length === 2 && path[0] === 'stages';

const isMapping = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function mismatch(path: Path, found: unknown, here: z.core.$ZodType[]): string {
  if (isStage(path) && typeof found === 'string')
    return `a stage is a mapping, but this is ${show(found)}; write it with a colon, as in "- ${found}:"`;
  const name = label(path);
  const words = wordsAt(here);
  const expected = expectation(here);
  const oneOf = words.length > 1 && words.join(', ') === expected ? 'one of ' : '';
  const hint = typeof found === 'string' && words.length > 0 ? suggestion(found, words, 'known') : '';
  return `${name || 'the file'} must be ${oneOf}${expected}, but is ${show(found)}${hint.startsWith('; did') ? hint : ''}`;
}

function bound(origin: string, side: 'least' | 'most', limit: number | bigint, inclusive?: boolean): string {
  if (origin === 'array' || origin === 'set')
    return `have at ${side} ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
  if (origin === 'string') return `have at ${side} ${limit} characters`;
  if (inclusive) return `be at ${side} ${limit}`;
  return `be ${side === 'least' ? 'greater' : 'less'} than ${limit}`;
}

/** A value as a message shows it. */
export function show(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a mapping (key: value)';
  return typeof value === 'string' ? `the text ${JSON.stringify(value)}` : String(value);
}

/** A path as a user would write it; a stage is known by its name, not by its number. */
export function label(path: Path): string {
  const short = path[0] === 'stages' && typeof path[1] === 'number' && path.length > 2 ? path.slice(2) : path;
  return short.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : `${text}${text && '.'}${String(step)}`),
    '',
  );
}

export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, step) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, step) : undefined),
    value,
  );
}
