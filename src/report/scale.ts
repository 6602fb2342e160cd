export interface Tick {
  readonly value: number;
  readonly label: string;
}

/** Maps a domain to 0..1 and knows where its readable ticks are. */
export interface Scale {
  readonly at: (value: number) => number;
  readonly ticks: readonly Tick[];
}

/** The smallest of 1, 2, 5 times a power of ten that gives about `wanted` steps over `span`. */
function niceStep(span: number, wanted: number): number {
  const raw = span / wanted;
  const power = 10 ** Math.floor(Math.log10(raw));
  const ratio = raw / power;
  return power * (ratio < 1.5 ? 1 : ratio < 3.5 ? 2 : ratio < 7.5 ? 5 : 10);
}

function label(value: number, step: number): string {
  if (value === 0) return '0';
  if (Math.abs(value) >= 1e6) return `${Number((value / 1e6).toPrecision(6))}M`;
  if (Math.abs(value) >= 1e4) return `${Number((value / 1e3).toPrecision(6))}k`;
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return decimals > 4 ? Number(value.toPrecision(4)).toExponential() : value.toFixed(decimals);
}

const multiples = (min: number, max: number, step: number): number[] => {
  const first = Math.ceil(min / step - 1e-6);
  return Array.from({ length: Math.floor(max / step + 1e-6) - first + 1 }, (_, i) => (first + i) * step);
};

/** A domain that has some width, also when all values are equal. */
const widen = (min: number, max: number): [number, number] => {
  if (max > min) return [min, max];
  const room = Math.abs(min) * 0.1 || 1;
  return [min - room, max + room];
};

export interface ScaleOptions {
  /** About how many ticks. */
  readonly wanted: number;
  /** Grow the domain to whole ticks. */
  readonly nice?: boolean;
  /** Ticks at whole numbers only. */
  readonly whole?: boolean;
}

export function linearScale(from: number, to: number, options: ScaleOptions): Scale {
  let [min, max] = widen(from, to);
  const free = niceStep(max - min, options.wanted);
  const step = options.whole ? Math.max(1, free) : free;
  if (options.nice) {
    min = Math.floor(min / step + 1e-6) * step;
    max = Math.ceil(max / step - 1e-6) * step;
  }
  return {
    at: (value) => (value - min) / (max - min),
    ticks: multiples(min, max, step).map((value) => ({ value, label: label(value, step) })),
  };
}

/** Domain of positive numbers; equal ratios have equal distances. */
export function logScale(from: number, to: number, options: ScaleOptions): Scale {
  const [low, high] = to > from ? [from, to] : [from / 2, from * 2];
  const [min, max] = [Math.log10(low), Math.log10(high)];
  const decades = multiples(Math.floor(min), Math.ceil(max), 1).map((power) => 10 ** power);
  const inside = (values: number[]) =>
    values.filter((value) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9));
  const candidates = [[1], [1, 3], [1, 2, 5]].map((mantissas) =>
    inside(decades.flatMap((decade) => mantissas.map((mantissa) => mantissa * decade))),
  );
  const every = Math.ceil(candidates[0].length / (options.wanted + 2));
  const best = candidates.findLast((values) => values.length <= options.wanted + 2);
  const values = best ?? candidates[0].filter((_, i) => i % every === 0);
  const at = (value: number) => (Math.log10(value) - min) / (max - min);
  if (values.length < 3)
    return { at, ticks: linearScale(low, high, options).ticks.filter((t) => t.value > 0) };
  return {
    at,
    ticks: values.map((value) => ({
      value,
      label: label(value, 10 ** Math.floor(Math.log10(value) + 1e-9)),
    })),
  };
}
