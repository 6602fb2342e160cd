/** As much of JSON Schema as descriptions of Kubernetes need. */
export interface Schema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | false;
  readonly items?: Schema;
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/** What is wrong with a value, in words. */
export function faults(value: unknown, schema: Schema, root = schema, at = ''): string[] {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace('#/definitions/', '');
    return faults(value, root.definitions?.[name] ?? {}, root, at);
  }
  const { type, required = [], properties = {}, additionalProperties, items = {} } = schema;
  if (type === undefined) return [];
  if (type === 'array')
    return Array.isArray(value)
      ? value.flatMap((item, i) => faults(item, items, root, `${at}/${i}`))
      : [`${at} is no array`];
  if (type === 'integer') return Number.isInteger(value) ? [] : [`${at} is no integer`];
  if (type !== 'object') return typeof value === type ? [] : [`${at} is no ${type}`];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at} is no object`];
  const given = Object.entries(value).filter(([, inner]) => inner !== undefined);
  const wrong = given.flatMap(([key, inner]) => {
    const own = properties[key] ?? additionalProperties;
    return own ? faults(inner, own, root, `${at}/${key}`) : [`${at}/${key} is unknown`];
  });
  const names = given.map(([key]) => key);
  return [
    ...wrong,
    ...required.filter((key) => !names.includes(key)).map((key) => `${at}/${key} is missing`),
  ];
}
