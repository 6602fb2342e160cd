import type { RunEvent } from '../../events.js';
import { logLine } from '../../training/log/line.js';
import { shownPath, visible } from './escape.js';
import { bytes, bytesOf, count, rate } from './format.js';
import { counted, type DisplayState, held } from './state.js';

/** A training step as BasicSR's log has it. */
export const iterLine = (name: string, event: Extract<RunEvent, { type: 'iter' }>): string =>
  logLine(visible(name), event).trimEnd();

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
    case 'state':
      return event.state === 'paused' ? 'paused' : 'resumed';
    default:
      return undefined;
  }
}

export function warningLine(event: Extract<RunEvent, { type: 'warning' }>): string {
  return `warning: ${visible(event.message)}${event.file ? ` (${visible(event.file)})` : ''}`;
}
