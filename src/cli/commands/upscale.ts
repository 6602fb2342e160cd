import type { EngineName } from '../../engines/names.js';
import {
  loadEnlarger,
  type OutputFormat,
  type UpscaledFile,
  type UpscaleProgress,
  upscaleFiles,
} from '../../upscale/index.js';
import { visible } from '../display/escape.js';
import { duration, percent, plural } from '../display/format.js';
import { screenOn } from '../display/screen.js';
import { type Io, print } from '../io.js';
import { listenForStop } from '../stop.js';

export interface UpscaleFlags {
  readonly model: string;
  readonly out: string;
  readonly tile: number;
  readonly tilePad: number;
  readonly scale?: number;
  readonly alpha: string;
  readonly format?: OutputFormat;
  readonly suffix: string;
  readonly overwrite?: boolean;
  readonly key?: 'params' | 'params_ema';
  readonly engine: EngineName;
  readonly json?: boolean;
}

/** Enlarges pictures with a network. */
export async function upscale(inputs: readonly string[], flags: UpscaleFlags, io: Io): Promise<number> {
  const { model, key, engine, tilePad: tile_pad, json, ...rest } = flags;
  const enlarger = await loadEnlarger(model, { key, engine });
  const screen = io.stderr.isTTY && !json ? screenOn(io.stderr) : undefined;
  const stop = listenForStop(io.signals, (name) => print(io.stderr, [`${name}: stopping after this tile`]));
  const counts = { written: 0, kept: 0, skipped: 0, failed: 0 };
  const progress = progressLine(io);
  try {
    const options = { ...rest, tile_pad, signal: stop.signal };
    const onProgress = (now: UpscaleProgress): void => screen?.draw([progress(now)]);
    for await (const file of upscaleFiles(enlarger, inputs, { ...options, onProgress })) {
      counts[file.outcome]++;
      screen?.clear();
      if (json) io.stdout.write(`${JSON.stringify(file)}\n`);
      else print(file.outcome === 'written' ? io.stdout : io.stderr, [line(file)]);
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    screen?.clear();
    stop.dispose();
    await enlarger.dispose();
  }
  if (!json) print(io.stdout, [summary(counts)]);
  const useless = counts.failed > 0 || (counts.skipped > 0 && counts.written + counts.kept === 0);
  return stop.code() ?? (useless ? 2 : 0);
}

function line({ input, output, outcome, reason, width, height, seconds }: UpscaledFile): string {
  if (outcome === 'written')
    return `${visible(output ?? '')}: ${width}x${height} in ${(seconds ?? 0).toFixed(1)} s`;
  const why = outcome === 'kept' ? `${output} is there already (--overwrite makes it again)` : reason;
  return `${outcome}  ${visible(input)}: ${visible(why ?? '')}`;
}

function summary(counts: Readonly<Record<UpscaledFile['outcome'], number>>): string {
  const others = (['kept', 'skipped', 'failed'] as const).filter((outcome) => counts[outcome] > 0);
  return [
    `${plural(counts.written, 'picture')} written`,
    ...others.map((outcome) => `${counts[outcome]} ${outcome}`),
  ].join(', ');
}

/** `2/12  photo.png  40 %, 0:01:10 left`: what is left of this picture, by the tiles that are done. */
function progressLine(io: Io): (now: UpscaleProgress) => string {
  let number = 0;
  let started = io.now();
  return (now) => {
    if (now.number !== number) {
      number = now.number;
      // The first tile of a picture prepares the engine for its size: it is not counted.
      started = io.now();
      return `${now.number}/${now.files}  ${visible(now.input)}`;
    }
    const perTile = (io.now() - started) / 1000 / Math.max(1, now.tile - 1);
    const left = duration(perTile * (now.tiles - now.tile));
    return `${now.number}/${now.files}  ${visible(now.input)}  ${percent(now.tile / now.tiles)}, ${left} left`;
  };
}
