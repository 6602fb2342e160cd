import type { RunEvent } from '../../events.js';

type Iter = Extract<RunEvent, { type: 'iter' }>;

/**
 * A training step in the very form of BasicSR's log, so that what reads those logs reads ours:
 * `[train..][epoch:  5, iter:   6,500, lr:(2.000e-04,)] [eta: 5 days, 10:47:47, time (data): 0.476 (0.002)] l_pix: 6.8241e-02 `
 */
export function logLine(name: string, event: Iter): string {
  const epoch = String(event.epoch).padStart(3);
  const iter = event.iter.toLocaleString('en-US').padStart(8);
  const rates = (event.lrs ?? [event.lr]).map((lr) => `${scientific(lr, 3)},`).join('');
  const time = `time (data): ${event.time.toFixed(3)} (${event.timeData.toFixed(3)})`;
  const losses = Object.entries(event.losses).map(([loss, value]) => `${loss}: ${scientific(value, 4)} `);
  return (
    `[${name.slice(0, 5)}..][epoch:${epoch}, iter:${iter}, lr:(${rates})] ` +
    `[eta: ${timedelta(event.eta)}, ${time}] ${losses.join('')}`
  );
}

/** Python's `%.4e`: two digits of exponent at least. */
function scientific(value: number, digits: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  return value.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2');
}

/** Python's str(datetime.timedelta(seconds=...)). */
function timedelta(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const days = Math.floor(whole / 86400);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const clock = `${Math.floor((whole % 86400) / 3600)}:${two((whole % 3600) / 60)}:${two(whole % 60)}`;
  return days === 0 ? clock : `${days} day${days === 1 ? '' : 's'}, ${clock}`;
}
