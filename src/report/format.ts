const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** Keeps a number and its unit on one line. */
const nb = '\u00a0';

export const count = (n: number): string => whole.format(n);

export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${count(n)} ${n === 1 ? one : many}`;

/** Three significant digits where that reads well: 1.25, 12.5, 125. */
const short = (value: number): string => value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);

export function size(bytes: number): string {
  if (bytes < 1024) return `${count(bytes)}${nb}B`;
  const power = Math.min(4, Math.floor(Math.log2(bytes) / 10));
  const value = short(bytes / 1024 ** power).replace(/\.0+$/, '');
  return `${value}${nb}${['B', 'KiB', 'MiB', 'GiB', 'TiB'][power]}`;
}

export function duration(ms: number): string {
  if (ms < 1000) return milliseconds(ms);
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)}${nb}s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}${nb}min ${seconds % 60}${nb}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)}${nb}h ${minutes % 60}${nb}min`;
  const hours = Math.round(minutes / 60);
  return `${plural(Math.floor(hours / 24), 'day')} ${hours % 24}${nb}h`;
}

export const milliseconds = (ms: number): string => `${short(ms)}${nb}ms`;

/** Items a second: three digits at most, and none that say nothing. */
export const perSecond = (rate: number): string =>
  rate >= 100 || rate === 0 ? count(rate) : rate.toPrecision(rate < 1 ? 2 : 3);

/** A share from 0 to 1 as a percentage. */
export const percent = (share: number, digits = 0): string =>
  digits === 0 && share > 0 && share < 0.005 ? '<1%' : `${(share * 100).toFixed(digits)}%`;

export const roundDb = (db: number): number => Math.round(db * 100) / 100;

export function decibels(db: number): string {
  if (Number.isNaN(db)) return 'not a number';
  return Number.isFinite(db) ? `${db.toFixed(2)}${nb}dB` : `${db < 0 ? '−' : ''}∞${nb}dB`;
}

/** A loss or another small figure. */
export function figure(value: number): string {
  if (Number.isNaN(value)) return 'not a number';
  if (!Number.isFinite(value)) return value < 0 ? '−∞' : '∞';
  const size = Math.abs(value);
  return (size !== 0 && size < 1e-3) || size >= 1e5 ? value.toExponential(2) : value.toPrecision(3);
}

/** Date and minute in UTC, so that the text does not depend on where it is rendered. */
export const utc = (date: Date): string => `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
