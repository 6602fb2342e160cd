const binary = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** 12345678 as `11.8 MiB`. */
export function bytes(value: number): string {
  const power = unitOf(value);
  return `${amount(value, power)} ${binary[power]}`;
}

/** Held and budget in one unit: `120/512 MiB`. */
export function bytesOf(held: number, budget: number): string {
  const power = unitOf(budget);
  return `${amount(held, power)}/${amount(budget, power)} ${binary[power]}`;
}

function unitOf(value: number): number {
  const power = value < 1 ? 0 : Math.floor(Math.log2(value) / 10);
  return Math.min(binary.length - 1, power);
}

function amount(value: number, power: number): string {
  const scaled = value / 1024 ** power;
  return power === 0 || scaled >= 100 || Number.isInteger(scaled) ? scaled.toFixed(0) : scaled.toFixed(1);
}

/** 12345 as `12,345`. */
export const count = (value: number): string => Math.round(value).toLocaleString('en-US');

/** 1 as `1 line`, 2 as `2 lines`. */
export const plural = (value: number, noun: string): string =>
  `${count(value)} ${noun}${value === 1 ? '' : 's'}`;

/** Items a second: `312/s`, `2.5/s`; below one a second, `12 s each`; a dash when nothing moves. */
export function rate(perSecond: number): string {
  if (perSecond >= 10) return `${count(perSecond)}/s`;
  if (perSecond >= 1) return `${perSecond.toFixed(1)}/s`;
  return perSecond > 1 / 60 ? `${(1 / perSecond).toFixed(1)} s each` : '-';
}

/** As Python prints a timedelta: `0:01:10`, `5 days, 10:47:47`. */
export function duration(seconds: number): string {
  const whole = Number.isFinite(seconds) ? Math.max(0, Math.floor(seconds)) : 0;
  const days = Math.floor(whole / 86_400);
  const two = (n: number): string => String(n).padStart(2, '0');
  const clock = `${Math.floor((whole % 86_400) / 3600)}:${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`;
  return days === 0 ? clock : `${days} day${days === 1 ? '' : 's'}, ${clock}`;
}

/** Time that has passed: `0.8 s`, and from a minute on `0:01:10`. */
export const took = (milliseconds: number): string =>
  milliseconds < 60_000 ? `${(milliseconds / 1000).toFixed(1)} s` : duration(milliseconds / 1000);

/** As Python prints `{:.4e}`: 6.8241e-02. */
export const scientific = (value: number, digits: number): string =>
  value.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2');

export const percent = (share: number): string => `${Math.round(share * 100)} %`;
