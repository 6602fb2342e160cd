/** What an operator has drawn, as short texts: name and value. */
export function drawn(params: unknown): readonly (readonly [string, string])[] {
  if (typeof params !== 'object' || params === null || Array.isArray(params)) {
    return params === undefined || params === null ? [] : [['', value(params)]];
  }
  return Object.entries(params).flatMap(([name, inner]) =>
    isPlain(inner)
      ? drawn(inner).map(([within, text]): [string, string] => [within ? `${name}.${within}` : name, text])
      : [[name, value(inner)] as [string, string]],
  );
}

const isPlain = (inner: unknown): boolean =>
  typeof inner === 'object' && inner !== null && !Array.isArray(inner);

function value(inner: unknown): string {
  if (typeof inner === 'number')
    return Number.isInteger(inner) ? `${inner}` : `${Number(inner.toPrecision(4))}`;
  if (Array.isArray(inner))
    return inner.length > 6 ? `[${inner.length}]` : `[${inner.map(value).join(', ')}]`;
  // A seed is in the provenance; here it would only be long.
  return String(inner).replace(/^([0-9a-f]{6})[0-9a-f]{6,}$/, '$1…');
}
