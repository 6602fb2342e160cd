import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { EsrganError } from '../errors.js';
import type { Pixels } from '../images/pixels.js';
import { type Header, probe } from '../images/probe.js';
import { readPixels } from '../images/read.js';
import { enlargeBands } from './bands.js';
import type { Enlarger } from './enlarger.js';
import { filesOf, formatFor, outputFor } from './names.js';
import type { TileOptions } from './tiles.js';
import { checkSize, type OutputFormat, writeBands } from './write.js';

export interface UpscaleOptions extends TileOptions {
  /** Folder for the results; made when it is missing. */
  readonly out: string;
  /** How many times larger the result is; the network's own scale by default. Others are made by Lanczos from it. */
  readonly scale?: number;
  /** What happens to alpha: `keep` (enlarged bilinearly; JPEG has none), `drop`, or `#rrggbb` to blend over. Default `keep`. */
  readonly alpha?: string;
  /** By default that of the input where it is one of these, else PNG. */
  readonly format?: OutputFormat;
  /** `photo.png` becomes `photo_<suffix>.png`; empty for the same name. Default `out`. */
  readonly suffix?: string;
  /** Make what is there already again. Default false. */
  readonly overwrite?: boolean;
  /** Images that promise more pixels are refused. Default 268,402,689. */
  readonly limit_pixels?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: UpscaleProgress) => void;
}

export interface UpscaleProgress {
  readonly input: string;
  /** From 1. */
  readonly number: number;
  readonly files: number;
  /** Tiles made of this picture, and all of its tiles. */
  readonly tile: number;
  readonly tiles: number;
}

/** What became of an input. */
export interface UpscaledFile {
  readonly input: string;
  readonly output?: string;
  /** `kept`: the output was there already; `skipped`: no picture; `failed`: a picture that cannot be used. */
  readonly outcome: 'written' | 'kept' | 'skipped' | 'failed';
  readonly reason?: string;
  /** Of the result, in pixels. */
  readonly width?: number;
  readonly height?: number;
  readonly seconds?: number;
}

/**
 * Enlarges pictures with a network, one after the other; results come as they are done. A file that cannot be used
 * is told of and does not stop the others.
 * @param inputs pictures, and folders of pictures
 * @throws EsrganError `UPSCALE_INPUT`; what `signal` is aborted with
 */
export async function* upscaleFiles(
  enlarger: Enlarger,
  inputs: readonly string[],
  options: UpscaleOptions,
): AsyncGenerator<UpscaledFile> {
  const files = await filesOf(inputs);
  await mkdir(options.out, { recursive: true });
  const taken = new Map<string, string>();
  for (const [i, input] of files.entries()) {
    const format = formatFor(input, options.format);
    const output = outputFor(input, options.out, options.suffix ?? 'out', format);
    const other = taken.get(output);
    taken.set(output, input);
    const result =
      (await obstacle(input, output, other, options)) ??
      (await upscaleFile(enlarger, input, { output, format }, options, (tile, tiles) =>
        options.onProgress?.({ input, number: i + 1, files: files.length, tile, tiles }),
      ));
    yield { input, ...result };
  }
}

type Result = Omit<UpscaledFile, 'input'>;

/** Why a picture is not even begun. */
async function obstacle(
  input: string,
  output: string,
  other: string | undefined,
  { overwrite }: UpscaleOptions,
): Promise<Result | undefined> {
  if (other !== undefined) return { outcome: 'failed', reason: `its result would replace that of ${other}` };
  if (path.resolve(output) === path.resolve(input))
    return { outcome: 'failed', reason: 'its result would replace it; choose another --out or --suffix' };
  const there = await stat(output).catch(() => undefined);
  return there && !overwrite ? { outcome: 'kept', output } : undefined;
}

async function upscaleFile(
  enlarger: Enlarger,
  input: string,
  { output, format }: { readonly output: string; readonly format: OutputFormat },
  options: UpscaleOptions,
  onTile: (done: number, of: number) => void,
): Promise<Result> {
  const started = performance.now();
  const alpha = options.alpha ?? 'keep';
  const background = alpha === 'keep' && format === 'jpg' ? 'drop' : alpha;
  const header = await probe(input, { background, limit_pixels: options.limit_pixels });
  if (!header.ok) return { outcome: header.outcome, reason: header.reason };
  try {
    const { scale } = enlarger;
    const size = { width: header.width * scale, height: header.height * scale, channels: header.channels };
    const wanted = options.scale ?? scale;
    const width = Math.max(1, Math.round(header.width * wanted));
    const height = Math.max(1, Math.round(header.height * wanted));
    checkSize({ width, height, format });
    const image = await read(input, header, background);
    const bands = enlargeBands(enlarger, image, { ...options, onTile });
    await writeBands(output, bands, size, { width, height, format });
    return { outcome: 'written', output, width, height, seconds: (performance.now() - started) / 1000 };
  } catch (error) {
    if (!(error instanceof EsrganError) || !ofThePicture.has(error.code)) throw error;
    return { outcome: 'failed', reason: error.message.replace(`${input}: `, '') };
  }
}

/** Errors that lie in one picture; others would meet the next picture too. */
const ofThePicture: ReadonlySet<string> = new Set(['IMAGE_UNREADABLE', 'UPSCALE_SIZE']);

function read(input: string, { ok: _, ...header }: Header, background: string): Promise<Pixels> {
  return readPixels({ id: input, path: input, ...header }, { background });
}
