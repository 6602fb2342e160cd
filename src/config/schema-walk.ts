import { z } from 'zod';
import type { Path } from './yaml-file.js';

type Schema = z.core.$ZodType;

/** The schemas that may apply behind optional, default, pipe and union; `value` picks the variant by its `type`. */
export function variants(schema: Schema, value?: unknown): Schema[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodReadonly)
    return variants(schema.unwrap(), value);
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodLazy)
    return variants(schema.unwrap(), value);
  if (schema instanceof z.ZodPipe)
    return variants(schema.in instanceof z.ZodTransform ? schema.out : schema.in, value);
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const key = schema.def.discriminator;
    const all = schema.options.flatMap((option) => variants(option));
    const picked = all.filter((option) => literals(field(option, key)).has(field(value, key)));
    return picked.length > 0 ? picked : all;
  }
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => variants(option, value));
  return [schema];
}

function field(from: unknown, key: PropertyKey): unknown {
  if (from instanceof z.ZodObject) return from.shape[String(key)];
  return typeof from === 'object' && from !== null ? Reflect.get(from, key) : undefined;
}

function literals(schema: unknown): Set<unknown> {
  if (schema instanceof z.ZodLiteral) return schema.values;
  return schema instanceof z.ZodEnum ? new Set<unknown>(schema.options) : new Set();
}

/** All schemas that may apply at a path below `schema`. */
export function schemasAt(schema: Schema, path: Path, value?: unknown): Schema[] {
  const here = variants(schema, value);
  if (path.length === 0) return here;
  const [step, ...rest] = path;
  const below = typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined;
  return here.flatMap((s) => childSchemas(s, step)).flatMap((s) => schemasAt(s, rest, below));
}

function childSchemas(schema: Schema, step: PropertyKey): Schema[] {
  if (schema instanceof z.ZodObject) return step in schema.shape ? [schema.shape[String(step)]] : [];
  if (schema instanceof z.ZodArray) return typeof step === 'number' ? [schema.element] : [];
  if (schema instanceof z.ZodRecord) return [schema.valueType];
  if (schema instanceof z.ZodTuple)
    return typeof step === 'number' ? schema.def.items.slice(step, step + 1) : [];
  return [];
}

/** The keys a mapping may have at a path. */
export function keysAt(schema: Schema, path: Path, value?: unknown): string[] {
  const objects = schemasAt(schema, path, value).filter((s) => s instanceof z.ZodObject);
  return [...new Set(objects.flatMap((s) => Object.keys(s.shape)))];
}

/** Whether a mapping at this path takes keys that its schema does not name. */
export function isOpen(schema: Schema): boolean {
  if (schema instanceof z.ZodObject)
    return !(schema.def.catchall instanceof z.ZodNever) && schema.def.catchall !== undefined;
  return schema instanceof z.ZodRecord || schema instanceof z.ZodUnknown || schema instanceof z.ZodAny;
}

/** What a value should be, in words. */
export function expectation(schemas: readonly Schema[]): string {
  const words = schemas.map(describe).filter((word) => word !== '');
  return [...new Set(words)].join(' or ') || 'another kind of value';
}

function describe(schema: Schema): string {
  if (schema instanceof z.ZodNumber) return schema.isInt ? 'a whole number' : 'a number';
  if (schema instanceof z.ZodString) return 'text';
  if (schema instanceof z.ZodBoolean) return 'true or false';
  if (schema instanceof z.ZodArray || schema instanceof z.ZodTuple) return 'a list';
  if (schema instanceof z.ZodObject || schema instanceof z.ZodRecord) return 'a mapping (key: value)';
  if (schema instanceof z.ZodEnum) return schema.options.join(', ');
  if (schema instanceof z.ZodLiteral) return [...schema.values].map(String).join(', ');
  return '';
}

/** The words that may stand at a path, where its schema lists them. */
export function wordsAt(schemas: readonly Schema[]): string[] {
  return schemas.flatMap((s) => [...literals(s)]).filter((v) => typeof v === 'string');
}
