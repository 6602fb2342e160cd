import { concat, concatMap, defer, EMPTY, map, type OperatorFunction, of } from 'rxjs';
import { EsrganError } from '../../errors.js';
import type { Scale, ScaledSource, Source, Visit, Window } from '../../plan/types.js';
import type { StageContext } from '../context.js';
import type { CropOptions } from './options.js';
import { paddedWindows, windows } from './windows.js';

/**
 * Plans the overlapping windows that will be cut from every scale of every source; no pixel is touched.
 *
 * In words: "lay a grid of squares over each copy, the last ones flush with the border". A scale smaller than a
 * window is noted (or padded, with `too_small: pad`); a source of which no scale is large enough is reported as
 * skipped (or ends the run, with `too_small: error`).
 *
 * @throws EsrganError `CROP_TOO_LARGE` (through the stream) when no image at all is as large as a window.
 * @example
 * scaled$.pipe(crop(CropOptions.parse({ size: 400, step: 200 }), ctx)).subscribe(({ windows }) => ...)
 */
export function crop(options: CropOptions, ctx: StageContext): OperatorFunction<ScaledSource, Visit> {
  return (scaled$) =>
    defer(() => {
      let largest: { path: string; scale: Scale } | undefined;
      let visits = 0;
      const visits$ = scaled$.pipe(
        concatMap((scaled) => {
          const visit = plan(scaled, options, ctx);
          if (visit) {
            visits++;
            return of(visit);
          }
          const scale = scaled.scales[0];
          if (!largest || shorterEdge(scale) > shorterEdge(largest.scale))
            largest = { path: scaled.source.path, scale };
          return EMPTY;
        }),
      );
      const check$ = defer(() => {
        if (visits === 0 && largest && !ctx.signal.aborted)
          throw tooLarge(largest.path, largest.scale, options, 'no image is as large as a crop; the largest');
        return EMPTY;
      });
      return concat(visits$, check$);
    });
}

/** Stands in for `crop` in a pipeline without it: every scale is one window, its whole image (number 0). */
export function wholeImages(): OperatorFunction<ScaledSource, Visit> {
  return map(({ source, scales }) => ({
    source,
    scales,
    count: scales.length,
    windows: scales.map((scale) => ({
      scale,
      x: 0,
      y: 0,
      width: scale.width,
      height: scale.height,
      index: 0,
    })),
  }));
}

function plan({ source, scales }: ScaledSource, options: CropOptions, ctx: StageContext): Visit | undefined {
  let found = 0;
  const notes: string[] = [];
  for (const scale of scales) {
    const own = windowsOf(scale, options);
    found += own.length;
    if (own.length === 0) notes.push(`${scale.tag} gives no crop: ${sizes(scale, options)}`);
    else if (shorterEdge(scale) < options.size)
      notes.push(`${scale.tag} padded by reflection: ${sizes(scale, options)}`);
  }
  if (found > 0) {
    for (const note of notes) ctx.note(source.path, note);
    return lazyVisit(source, scales, () => scales.flatMap((scale) => windowsOf(scale, options)));
  }
  if (options.too_small === 'error') throw tooLarge(source.path, scales[0], options, 'the image');
  ctx.file({
    path: source.path,
    outcome: 'skipped',
    reason: `too small: ${sizes(scales[0], options)}; in a pipeline file \`too_small: pad\` would use it`,
    notes: source.notes,
  });
  return undefined;
}

function windowsOf(scale: Scale, options: CropOptions): Window[] {
  return options.too_small === 'pad' ? paddedWindows(scale, options) : windows(scale, options);
}

/** Windows are made again whenever they are asked for: they take far more memory than what they follow from. */
function lazyVisit(source: Source, scales: readonly Scale[], make: () => Window[]): Visit {
  return {
    source,
    scales,
    count: make().length,
    get windows() {
      return make();
    },
  };
}

const shorterEdge = (scale: Scale): number => Math.min(scale.width, scale.height);

const sizes = ({ width, height }: Scale, { size }: CropOptions): string =>
  `${width}x${height} is smaller than a crop of ${size}x${size}`;

function tooLarge(file: string, scale: Scale, options: CropOptions, subject: string): EsrganError {
  return new EsrganError('CROP_TOO_LARGE', `${subject} ${file}: ${sizes(scale, options)}`, {
    place: { file },
    remedy: `Set crop.size (--crop_size) to ${shorterEdge(scale)} or less; in a pipeline file, \`too_small: pad\` helps too.`,
  });
}
