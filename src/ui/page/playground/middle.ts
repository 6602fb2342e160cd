import type { PhotoDetails } from '../../playground/wire.js';

/** A window near the middle of the photograph at its own size. */
export function middleOf({ windows, scales }: PhotoDetails): number {
  const [{ tag, width, height }] = scales;
  const far = ({ x, y, width: w, height: h }: PhotoDetails['windows'][number]): number =>
    Math.hypot(x + w / 2 - width / 2, y + h / 2 - height / 2);
  const own = windows.filter((window) => window.tag === tag);
  const nearest = (own.length > 0 ? own : windows).reduce((a, b) => (far(b) < far(a) ? b : a));
  return windows.indexOf(nearest);
}
