import path from 'node:path';

export interface Matched {
  readonly pairs: readonly { readonly gt: string; readonly sr: string }[];
  readonly lonely: { readonly gt: readonly string[]; readonly sr: readonly string[] };
}

/** A name without its extension. */
export const stem = (name: string): string => path.parse(name).name;

/** Which names go together: equal ones first, then those with a suffix; none is used twice. */
export function matchNames(gts: readonly string[], srs: readonly string[]): Matched {
  const free = new Set(srs);
  const found = new Map<string, string>();
  const take = (fits: (gt: string, sr: string) => boolean): void => {
    // Longer names first, so that a_b goes to a_b_out before a takes it.
    for (const gt of [...gts].sort((a, b) => stem(b).length - stem(a).length)) {
      if (found.has(gt)) continue;
      const sr = [...free].find((candidate) => fits(stem(gt), stem(candidate)));
      if (sr === undefined) continue;
      found.set(gt, sr);
      free.delete(sr);
    }
  };
  take((gt, sr) => gt === sr);
  take((gt, sr) => sr.startsWith(gt) && /^[_.-]/.test(sr.slice(gt.length)));
  const pairs = gts.flatMap((gt) => {
    const sr = found.get(gt);
    return sr === undefined ? [] : [{ gt, sr }];
  });
  return { pairs, lonely: { gt: gts.filter((gt) => !found.has(gt)), sr: [...free] } };
}
