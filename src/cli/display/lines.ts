import type { RunEvent } from '../../events.js';
import { shownPath, visible } from './escape.js';
import { bytes, bytesOf, count, duration, rate, scientific } from './format.js';
import { counted, type DisplayState, held } from './state.js';

/** A training step in the manner of BasicSR's log. */
export function iterLine(name: string, event: Extract<RunEvent, { type: 'iter' }>): string {
  const epoch = String(event.epoch).padStart(3);
  const iter = count(event.iter).padStart(8);
  const losses = Object.entries(event.losses).map(([loss, value]) => `${loss}: ${scientific(value, 4)}`);
  const time = `time (data): ${event.time.toFixed(3)} (${event.timeData.toFixed(3)})`;
  return (
    `[${visible(name).slice(0, 10)}..][epoch:${epoch}, iter:${iter}, lr:(${scientific(event.lr, 3)},)] ` +
    `[eta: ${duration(event.eta)}, ${time}] ${losses.join(' ')}`
  );
}

/** Progress of a run that does not train. */
export function progressLine(state: DisplayState): string {
  const stage = counted(state);
  const { bytes: now, budget } = held(state);
  const parts = [
    ...(stage
      ? [`${stage.stage === 'crop' ? 'crops' : stage.stage} ${count(stage.out)}`, rate(stage.rate)]
      : []),
    ...(budget > 0 ? [`held ${bytesOf(now, budget)}`] : []),
    `rss ${bytes(state.rss)}`,
  ];
  return parts.join('  ');
}

/** Events that deserve a line whenever they happen. */
export function eventLine(event: RunEvent): string | undefined {
  switch (event.type) {
    case 'engine':
      return `engine ${event.engine}: ${event.reason}`;
    case 'validation':
      return event.results
        .map(
          (r) =>
            `validation at ${count(event.iter)}: ${visible(r.name)} psnr ${r.psnr.toFixed(2)} dB, bicubic ${r.psnrBicubic.toFixed(2)} dB`,
        )
        .join('\n');
    case 'saved':
      return `saved ${event.what} ${shownPath(event.path)}`;
    default:
      return undefined;
  }
}

export function warningLine(event: Extract<RunEvent, { type: 'warning' }>): string {
  return `warning: ${visible(event.message)}${event.file ? ` (${visible(event.file)})` : ''}`;
}
