/** Curves with iterations of their own, brought onto common ones: null where a curve says nothing. */
export function overlaid(
  columns: readonly { readonly x: readonly number[]; readonly y: readonly (number | null)[] }[],
): { readonly x: number[]; readonly values: (number | null)[][] } {
  const x = [...new Set(columns.flatMap((column) => [...column.x]))].sort((a, b) => a - b);
  const place = new Map(x.map((iter, i) => [iter, i]));
  const values = columns.map((column) => {
    const out: (number | null)[] = x.map(() => null);
    for (const [i, iter] of column.x.entries()) out[place.get(iter)!] = column.y[i] ?? null;
    return out;
  });
  return { x, values };
}
