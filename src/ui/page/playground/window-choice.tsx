import type { TargetedKeyboardEvent, TargetedMouseEvent } from 'preact';
import { useWords } from '../shared/i18n.js';
import { useBench, useBenchState } from './context.js';
import { texts } from './words.js';

/** Which copy of the photograph, which window of it, and how much of that. */
export function WindowChoice() {
  const words = useWords(texts);
  const bench = useBench();
  const look = useBenchState((state) => state.look);
  const details = useBenchState((state) => state.details);
  const gt = useBenchState((state) => state.opening?.gt_size);
  const scale = useBenchState((state) => state.opening?.scale ?? 1);
  if (!look || !details) return null;
  const window = details.windows[look.window];
  const size = details.scales.find(({ tag }) => tag === window?.tag);
  if (!window || !size) return null;

  const nearest = (tag: string, x: number, y: number): void => {
    const copy = details.scales.find((one) => one.tag === tag) ?? size;
    const far = (one: typeof window): number =>
      Math.hypot((one.x + one.width / 2) / copy.width - x, (one.y + one.height / 2) / copy.height - y);
    const all = details.windows.filter((one) => one.tag === tag);
    const best = all.reduce<typeof window | undefined>((a, b) => (a && far(a) <= far(b) ? a : b), undefined);
    if (best && best !== window) bench.look({ window: details.windows.indexOf(best) });
  };
  const centre = [
    (window.x + window.width / 2) / size.width,
    (window.y + window.height / 2) / size.height,
  ] as const;
  const click = (event: TargetedMouseEvent<HTMLElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    nearest(window.tag, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  };
  const step = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (by === undefined || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const same = details.windows.flatMap(({ tag }, i) => (tag === window.tag ? [i] : []));
    const next = same[(same.indexOf(look.window) + by + same.length) % same.length];
    if (next !== undefined) bench.look({ window: next });
  };
  const percent = (part: number, whole: number): string => `${(100 * part) / whole}%`;
  const tags = details.scales.filter(({ tag }) => details.windows.some((one) => one.tag === tag));
  return (
    <div class="window-choice">
      <div
        class="map"
        role="slider"
        tabIndex={0}
        title={words.windowHint}
        aria-label={words.window}
        aria-valuenow={look.window + 1}
        aria-valuemin={1}
        aria-valuemax={details.windows.length}
        aria-valuetext={`${window.tag} ${window.width} x ${window.height} + ${window.x} + ${window.y}`}
        style={{ aspectRatio: `${size.width} / ${size.height}` }}
        onClick={click}
        onKeyDown={step}
      >
        <img src={`/api/photos/${look.photo}/thumb`} alt="" draggable={false} />
        <span
          class="frame"
          style={{
            left: percent(window.x, size.width),
            top: percent(window.y, size.height),
            width: percent(Math.min(window.width, size.width), size.width),
            height: percent(Math.min(window.height, size.height), size.height),
          }}
        />
      </div>
      <div class="window-words">
        {tags.length > 1 && (
          <label>
            <span class="quiet">{words.size}</span>
            <select value={window.tag} onChange={(event) => nearest(event.currentTarget.value, ...centre)}>
              {tags.map(({ tag, width, height }) => (
                <option key={tag} value={tag}>
                  {tag} {width}×{height}
                </option>
              ))}
            </select>
          </label>
        )}
        <fieldset class="segments" aria-label={words.extent}>
          {(['crop', 'pair'] as const).map((extent) => (
            <button
              key={extent}
              type="button"
              aria-pressed={extent === look.extent}
              onClick={() => bench.look({ extent })}
            >
              {extent === 'crop' ? words.extentCrop : words.extentPair}
              {extent === 'pair' && gt !== undefined && (
                <span class="quiet mono">
                  {' '}
                  {gt}/{gt / scale}
                </span>
              )}
            </button>
          ))}
        </fieldset>
      </div>
    </div>
  );
}
