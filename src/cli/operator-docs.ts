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
  const json = z.toJSONSchema(options, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as Json;
  const rows = optionRows(json);
  const about = json.description ?? '';
  const table =
    rows.length === 0
      ? 'It has no options.'
      : `| option | value | default | meaning |\n| --- | --- | --- | --- |\n${rows.join('\n')}`;
  return `### ${name}\n\n${about}\n\n${table}\n`;
}

/** A row for every option; those of nested mappings with a dot. */
function optionRows(json: Json, prefix = ''): string[] {
  const parts = [json, ...(json.anyOf ?? []), ...(json.allOf ?? [])].filter(
    (part) => typeof part === 'object',
  );
  const properties = new Map(parts.flatMap((part) => Object.entries((part as Json).properties ?? {})));
  return [...properties].flatMap(([key, value]) => {
    if (typeof value !== 'object') return [];
    const inner = nested(value as Json) ? optionRows(value as Json, `${prefix}${key}.`) : [];
    return [row(prefix + key, value as Json, json.required?.includes(key) === true), ...inner];
  });
}

const nested = (json: Json): boolean => json.properties !== undefined;

function row(name: string, json: Json, required: boolean): string {
  const fallback = json.default === undefined ? (required ? 'required' : '') : `\`${written(json.default)}\``;
  const cells = [`\`${name}\``, inWords(json), fallback, json.description ?? ''];
  return `| ${cells.map((text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

/** As one would write it into a pipeline file. */
function written(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([key, inner]) => `${key}: ${written(inner)}`)
      .join(', ')} }`;
  return String(value);
}

/** What may stand there, in words. */
function inWords(json: Json): string {
  if (json.anyOf) return unique(json.anyOf.map((part) => inWords(part as Json))).join(', or ');
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
      return json.properties ? 'mapping' : `weights of ${keysOf(json)}`;
    default:
      return typeof json.type === 'string' ? json.type : 'any';
  }
}

const unique = (words: readonly string[]): string[] => [...new Set(words)];

const pairOf = (items: readonly Json[]): string =>
  items.length === 2 ? '`[low, high]`' : `list of ${items.length}`;

const keysOf = ({ propertyNames }: Json): string =>
  propertyNames && typeof propertyNames === 'object' && (propertyNames as Json).enum
    ? 'these words'
    : 'words';

function bounds({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Json): string {
  const from = minimum ?? exclusiveMinimum;
  const to = maximum ?? exclusiveMaximum;
  const far = (n: unknown): boolean => n === undefined || Math.abs(Number(n)) === Number.MAX_SAFE_INTEGER;
  const low = far(from) ? '' : exclusiveMinimum === undefined ? ` from ${from}` : ` above ${from}`;
  const high = far(to) ? '' : exclusiveMaximum === undefined ? ` to ${to}` : ` below ${to}`;
  return low + high;
}
