import { z } from 'zod';
import { degradations, operators } from '../degradations/index.js';

type Json = z.core.JSONSchema.BaseSchema;

const begin = '<!-- operators: written by `esrgan docs` -->';
const end = '<!-- /operators -->';

/** A text with the tables of all operators between its two marks. */
export function withOperators(text: string): string {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the text lacks ${begin} or ${end}`);
  return `${text.slice(0, from + begin.length)}\n\n${operatorTables()}\n${text.slice(to)}`;
}

/** All operators with their options as Markdown, from the schemas that check pipeline files. */
export function operatorTables(): string {
  const sections = Object.entries(operators).map(([name, { options }]) => section(name, options));
  return `${contents()}\n\n${sections.join('\n')}`;
}

const contents = (): string => [...degradations.keys()].map((name) => `[${name}](#${name})`).join(' · ');

function section(name: string, options: z.ZodType): string {
  const about = jsonOf(options).description ?? '';
  return `### ${name}\n\n${about}\n\n${optionTable(options)}\n`;
}

const jsonOf = (options: z.ZodType): Json =>
  z.toJSONSchema(options, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as Json;

/** A row of Markdown for every option of a mapping; keys in `without` are described elsewhere. */
export function optionTable(options: z.ZodType, without: readonly string[] = []): string {
  const rows = optionRows(jsonOf(options), options).filter(
    (line) => !without.some((key) => line.startsWith(`| \`${key}\``) || line.startsWith(`| \`${key}.`)),
  );
  return rows.length === 0
    ? 'It has no options.'
    : `| option | value | default | meaning |\n| --- | --- | --- | --- |\n${rows.join('\n')}`;
}

/** A row for every option; those of nested mappings with a dot. */
function optionRows(json: Json, schema: unknown, prefix = ''): string[] {
  return Object.entries(json.properties ?? {}).flatMap(([key, value]) => {
    if (typeof value !== 'object') return [];
    const field = schema instanceof z.ZodObject ? schema.shape[key] : undefined;
    const inner = value.properties ? optionRows(value, inside(field).schema, `${prefix}${key}.`) : [];
    const required = json.required?.includes(key) === true;
    return [row(prefix + key, value, inside(field).fallback, required), ...inner];
  });
}

/** What stands behind `default` and `optional`, and the default itself, which JSON schemas lose behind a transform. */
function inside(field: unknown): { readonly schema: unknown; readonly fallback: unknown } {
  if (field instanceof z.ZodOptional) return inside(field.unwrap());
  if (field instanceof z.ZodDefault || field instanceof z.ZodPrefault)
    return { schema: field.unwrap(), fallback: field.def.defaultValue };
  return { schema: field, fallback: undefined };
}

function row(name: string, json: Json, fallback: unknown, required: boolean): string {
  const standard = fallback === undefined ? (required ? 'required' : '') : `\`${written(fallback, json)}\``;
  const cells = [`\`${name}\``, inWords(json), standard, json.description ?? ''];
  return `| ${cells.map((text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

/** As one would write it into a pipeline file; a range without width as a number, a single weight as a word. */
function written(value: unknown, json: Json): string {
  if (typeof value === 'number')
    return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
  if (Array.isArray(value)) {
    const [low, high] = value;
    if (value.length === 2 && low === high) return written(low, json);
    return `[${value.map((item) => written(item, json)).join(', ')}]`;
  }
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).filter(([, weight]) => weight !== 0);
  if (entries.length === 1 && json.properties === undefined) return entries[0][0];
  return `{ ${entries.map(([key, inner]) => `${key}: ${written(inner, json)}`).join(', ')} }`;
}

/** What may stand there, in words. */
function inWords(json: Json): string {
  if (json.anyOf) return alternatives(json.anyOf as Json[]);
  if (json.const !== undefined) return `\`${String(json.const)}\``;
  if (json.enum) return json.enum.map((word) => `\`${String(word)}\``).join(', ');
  switch (json.type) {
    case 'array':
      return Array.isArray(json.prefixItems)
        ? pairOf(json.prefixItems as Json[])
        : `list of ${inWords((json.items ?? {}) as Json)}`;
    case 'integer':
      return `whole number${bounds(json)}`;
    case 'number':
      return `number${bounds(json)}`;
    case 'boolean':
      return '`true`, `false`';
    case 'object':
      return json.properties ? 'mapping' : `mapping of ${ofMappings(json) ? 'mappings' : 'weights'}`;
    default:
      return typeof json.type === 'string' ? json.type : 'any';
  }
}

const ofMappings = ({ additionalProperties: inner }: Json): boolean =>
  typeof inner === 'object' && inner.type === 'object';

/** Words to draw from may be one word, a list of them, or weights: they are said once. */
function alternatives(parts: readonly Json[]): string {
  const [first, ...others] = parts;
  const words =
    first.enum &&
    others.every(({ type, properties }) => type === 'array' || (type === 'object' && !properties));
  return words ? `${inWords(first)}; a list of these; or their weights` : parts.map(inWords).join(', or ');
}

const pairOf = (items: readonly Json[]): string =>
  items.length === 2 ? '`[low, high]`' : `list of ${items.length}`;

function bounds({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Json): string {
  const from = minimum ?? exclusiveMinimum;
  const to = maximum ?? exclusiveMaximum;
  const far = (n: unknown): boolean => n === undefined || Math.abs(Number(n)) === Number.MAX_SAFE_INTEGER;
  const shown = (n: unknown): string => (n === Math.PI ? 'π' : String(n));
  const low = far(from)
    ? ''
    : exclusiveMinimum === undefined
      ? ` from ${shown(from)}`
      : ` above ${shown(from)}`;
  const high = far(to) ? '' : exclusiveMaximum === undefined ? ` to ${shown(to)}` : ` below ${shown(to)}`;
  return low + high;
}
