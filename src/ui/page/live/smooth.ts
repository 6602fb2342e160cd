/**
 * An exponential moving average, freed of the pull towards its beginning as Adam's moments are. A value that comes sooner
 * after the one before than others do, as the last one of a run that was stopped, is a mean over fewer steps and counts for less.
 * @param weight of what was before, 0 (none) to below 1
 * @param x where the values stand, ascending
 */
export function smooth(
  values: readonly (number | null)[],
  weight: number,
  x: readonly number[],
): (number | null)[] {
  const usual = usualStep(x.filter((_, i) => values[i] !== null));
  let sum = 0;
  let mass = 0;
  let before: number | undefined;
  return values.map((value, i) => {
    if (value === null) return null;
    const at = x[i]!;
    const kept = before === undefined || at - before >= usual ? weight : weight ** ((at - before) / usual);
    before = at;
    sum = sum * kept + value * (1 - kept);
    mass = mass * kept + (1 - kept);
    return sum / mass;
  });
}

/** The median distance. */
function usualStep(x: readonly number[]): number {
  const steps = x.slice(1).map((at, i) => at - x[i]!);
  return steps.sort((a, b) => a - b)[steps.length >> 1] ?? 1;
}
