/** Numbers as the page shows them; a dash for what is not known. JSON has no NaN, so that comes as null. */
type Known = number | null | undefined;

const isKnown = (value: Known): value is number => typeof value === 'number' && Number.isFinite(value);

export const count = (value: Known): string =>
  isKnown(value) ? Math.round(value).toLocaleString('en-US') : '–';

export function rate(perSecond: Known): string {
  if (!isKnown(perSecond)) return '–';
  if (perSecond >= 100) return count(perSecond);
  return perSecond >= 10 ? perSecond.toFixed(1) : perSecond.toFixed(2);
}

const binary = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

function inUnit(value: number, power: number): string {
  const scaled = value / 1024 ** power;
  return power === 0 || scaled >= 100 || Number.isInteger(scaled) ? scaled.toFixed(0) : scaled.toFixed(1);
}

const powerOf = (value: number): number =>
  value < 1 ? 0 : Math.min(binary.length - 1, Math.floor(Math.log2(value) / 10));

/** Amount and unit, to be set apart. */
export function bytes(value: Known): readonly [string, string] {
  if (!isKnown(value)) return ['–', ''];
  const power = powerOf(value);
  return [inUnit(value, power), binary[power]!];
}

/** Held and budget in one unit: `51.4 / 192 MiB`. */
export function bytesOf(held: number, budget: number): string {
  const power = powerOf(budget);
  return `${inUnit(held, power)} / ${inUnit(budget, power)} ${binary[power]}`;
}

/** `0:42`, `1:02:03`, `3 d 04:05` */
export function duration(seconds: Known, day = 'd'): string {
  if (!isKnown(seconds)) return '–';
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');
  const [days, hours] = [Math.floor(whole / 86_400), Math.floor((whole % 86_400) / 3600)];
  const minutes = Math.floor((whole % 3600) / 60);
  if (days > 0) return `${days} ${day} ${two(hours)}:${two(minutes)}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** A step's time: amount and unit. */
export function stepTime(seconds: Known): readonly [string, string] {
  if (!isKnown(seconds)) return ['–', ''];
  if (seconds >= 10) return [seconds.toFixed(1), 's'];
  if (seconds >= 1) return [seconds.toFixed(2), 's'];
  const ms = seconds * 1000;
  return [ms >= 100 ? ms.toFixed(0) : ms.toFixed(1), 'ms'];
}

/** `6.824e-2` */
export const scientific = (value: Known, digits = 3): string =>
  isKnown(value) ? value.toExponential(digits) : '–';

/** A loss: plain while that is short. */
export function figure(value: Known): string {
  if (!isKnown(value)) return '–';
  const size = Math.abs(value);
  return size !== 0 && (size < 0.001 || size >= 10_000)
    ? scientific(value)
    : String(Number(value.toPrecision(4)));
}

export const percent = (share: Known, digits = 0): string =>
  isKnown(share) ? `${(share * 100).toFixed(digits)} %` : '–';

export const decibel = (value: Known): string => (isKnown(value) ? `${value.toFixed(2)} dB` : '–');

export const baseName = (path: string): string => path.split(/[/\\]/).at(-1) ?? path;

export function clock(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((n) => String(n).padStart(2, '0'))
    .join(':');
}
