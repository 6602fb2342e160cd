import { z } from 'zod';
import type { Degradation, Json } from '../../degradations/define.js';
import { boundsOf, type NumberSchema, scaleOf } from './scale.js';
import type { Control, ControlFrame } from './wire.js';

type Schema = z.core.JSONSchema.BaseSchema;

const made = new WeakMap<Degradation, Promise<readonly Control[]>>();

/**
 * The controls of an operator, from its options schema: zod's, or any Standard Schema that can say what JSON it takes.
 * Of other schemas every key that has a default becomes a control by the kind of its value.
 */
export function controlsOf(operator: Degradation): Promise<readonly Control[]> {
  const known = made.get(operator) ?? make(operator);
  made.set(operator, known);
  return known;
}

async function make(operator: Degradation): Promise<readonly Control[]> {
  const checked = await operator.options['~standard'].validate({});
  const defaults = checked.issues ? undefined : checked.value;
  const schema = schemaOf(operator.options);
  const controls = schema?.properties
    ? ofProperties(schema, [], defaults)
    : Object.entries(isRecord(defaults) ? defaults : {}).map(([key, value]) => byValue([key], value));
  return Promise.all(controls.map((control) => onGrid(operator, control)));
}

function schemaOf(options: Degradation['options']): Schema | undefined {
  try {
    if (options instanceof z.ZodType)
      return z.toJSONSchema(options, { io: 'input', unrepresentable: 'any', reused: 'inline' });
    const own = options['~standard'];
    if (!('jsonSchema' in own) || !isRecord(own.jsonSchema)) return undefined;
    const { input } = own.jsonSchema;
    return typeof input === 'function' ? (input({ target: 'draft-2020-12' }) as Schema) : undefined;
  } catch {
    return undefined;
  }
}

function ofProperties(schema: Schema, path: readonly string[], defaults: unknown): Control[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => {
    if (typeof inner !== 'object') return [];
    const fallback = defaultOf(inner, isRecord(defaults) ? defaults[key] : undefined);
    return ofSchema(inner, { path: [...path, key], about: inner.description, fallback });
  });
}

/** Ranges and words are written in several ways; the validated default has one form. */
const defaultOf = (schema: Schema, validated: unknown): Json | undefined =>
  (validated ?? schema.default) as Json | undefined;

function ofSchema(schema: Schema, common: ControlFrame): Control[] {
  const forms = (schema.anyOf ?? [schema]).filter((form) => typeof form === 'object');
  const pair = forms.find(isPair);
  if (pair) return [{ ...common, kind: 'range', ...scaleOf(boundsOf(pair), common.fallback) }];
  const words = forms.map(wordsOf).find((found) => found !== undefined);
  if (words) return [{ ...common, kind: 'weights', words: words.map((word) => ({ word })) }];
  const [form] = forms;
  const list = forms.find(({ type }) => type === 'array');
  if (list && typeof list.items === 'object' && !Array.isArray(list.items) && list.items.enum)
    return [{ ...common, kind: 'several', values: plain(list.items.enum) }];
  if (form.enum) return [{ ...common, kind: 'choice', values: plain(form.enum) }];
  if (form.type === 'boolean') return [{ ...common, kind: 'flag' }];
  if (form.type === 'number' || form.type === 'integer')
    return [{ ...common, kind: 'number', ...scaleOf(form as NumberSchema, common.fallback) }];
  if (form.properties) {
    const entries = Object.entries(form.properties);
    if (entries.every(([, inner]) => isWeight(inner))) return [weighted(entries, common)];
    return ofProperties(form, common.path, common.fallback);
  }
  return [{ ...common, kind: 'json' }];
}

const weighted = (entries: readonly (readonly [string, unknown])[], common: ControlFrame): Control => ({
  ...common,
  kind: 'weights',
  words: entries.map(([word, inner]) => ({
    word,
    about: aboutOf(inner),
  })),
});

const aboutOf = (schema: unknown): string | undefined =>
  isRecord(schema) && typeof schema.description === 'string' ? schema.description : undefined;

/** `[low, high]`. */
function isPair(schema: Schema): boolean {
  const items = Array.isArray(schema.prefixItems) ? schema.prefixItems : [];
  return (
    items.length === 2 && items.every((one) => isRecord(one) && /^(number|integer)$/.test(String(one.type)))
  );
}

/** Words that have a weight each. */
function wordsOf({ propertyNames }: Schema): string[] | undefined {
  const names = typeof propertyNames === 'object' ? propertyNames.enum : undefined;
  return Array.isArray(names) ? names.map(String) : undefined;
}

const isWeight = (schema: unknown): boolean =>
  isRecord(schema) && schema.type === 'number' && schema.minimum === 0 && schema.maximum === undefined;

const plain = (values: readonly unknown[]): (string | number | boolean)[] =>
  values.filter(
    (value) => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean',
  );

function byValue(path: readonly string[], value: unknown): Control {
  const common = { path, fallback: value as Json };
  const numbers = Array.isArray(value) && value.length === 2 && value.every((n) => typeof n === 'number');
  if (numbers) return { ...common, kind: 'range', ...scaleOf({}, common.fallback) };
  if (typeof value === 'number') return { ...common, kind: 'number', ...scaleOf({}, value) };
  return { ...common, kind: typeof value === 'boolean' ? 'flag' : 'json' };
}

/** Rules that a JSON schema cannot say, such as odd sizes of kernels, are found by trying. */
async function onGrid(operator: Degradation, control: Control): Promise<Control> {
  if ((control.kind !== 'number' && control.kind !== 'range') || !control.whole) return control;
  const accepted: number[] = [];
  for (let n = control.min; n < control.min + 4; n++) {
    const tried = control.path.reduceRight<unknown>((value, key) => ({ [key]: value }), n);
    const { issues = [] } = await operator.options['~standard'].validate(tried);
    if (!issues.some(({ path = [] }) => concerns(path, control.path))) accepted.push(n);
  }
  const [first, second] = accepted;
  return second === undefined ? control : { ...control, min: first, step: second - first };
}

type IssuePath = readonly (PropertyKey | { readonly key: PropertyKey })[];

const concerns = (at: IssuePath, path: readonly string[]): boolean =>
  at.length >= path.length &&
  path.every((key, i) => key === String(typeof at[i] === 'object' ? at[i].key : at[i]));

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
