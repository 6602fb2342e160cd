/**
 * Into how many bands of rows to divide the pictures of a batch that serves as filter, each band a group of its own: the kernel
 * goes through four blocks of channels of it again and again, and is quick while they do not leave the processor's cache.
 * @returns undefined where there is no number of groups that the kernel takes: fewer than a block, or whole blocks
 */
export function bandsOf(
  pictures: number,
  rows: number,
  width: number,
  { block, cached }: { readonly block: number; readonly cached: number },
): number | undefined {
  const taken = (groups: number): boolean => groups < block || groups % block === 0;
  const possible = Array.from({ length: rows }, (_, i) => i + 1).filter(
    (bands) => rows % bands === 0 && taken(pictures * bands),
  );
  return possible.find((bands) => (rows / bands) * width <= cached) ?? possible.at(-1);
}
