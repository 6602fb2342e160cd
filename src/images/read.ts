import sharp, { type Sharp } from 'sharp';
import { EsrganError } from '../errors.js';
import type { Source } from '../plan/types.js';
import { bytesOf } from './bytes.js';
import { describeFileError, isTruncatedPng } from './diagnose.js';
import { type FileLike, inMemory, localFile } from './file-like.js';
import { sharpInput } from './input.js';
import { CMYK_NOTE, ICC_NOTE } from './notes.js';
import type { Pixels } from './pixels.js';
import { sourceBytes } from './source-bytes.js';

export interface ReadOptions {
  /** What happens to alpha: `keep`, `drop` (discard without blending), or `#rrggbb` to blend over. Default `drop`. */
  readonly background?: string;
  /** The bytes of the file, where they have been fetched; they are not changed. */
  readonly bytes?: Uint8Array;
}

/**
 * Decodes a source to contiguous 8-bit RGB (RGBA when alpha is kept and there is any).
 *
 * EXIF orientation is applied; embedded ICC profiles other than sRGB are converted to sRGB; CMYK, gray and
 * palettes become RGB; 16 bits are reduced to 8 by `value >> 8`, as OpenCV does when it reads colour; of an
 * animation the first frame is taken. The pixels lie in memory that cannot be transferred to
 * another thread (sharp's toUint8Array, which could, loses the memory of every image in 0.35).
 *
 * @throws EsrganError `IMAGE_UNREADABLE` when the file is truncated, damaged, gone, or another than its
 * header was when it was discovered. A partly decoded picture is never returned.
 */
export async function readPixels(source: Source, options: ReadOptions = {}): Promise<Pixels> {
  const cannotRead = (error: unknown): never => {
    throw unreadable(source, describeFileError(error), error);
  };
  const bytes = await sourceBytes(source, options.bytes).catch(cannotRead);
  const input = bytes ?? (await sharpInput(source.path).catch(cannotRead));
  const image = sharp(input, {
    failOn: 'warning',
    autoOrient: true,
    limitInputPixels: false,
    // An sRGB profile changes nothing but the rounding; only a foreign one is noted by `probe`.
    ignoreIcc: !source.notes.includes(ICC_NOTE) && !source.notes.includes(CMYK_NOTE),
  });
  const { data, info } = await treatAlpha(image, source, options.background ?? 'drop')
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch(async (error: unknown) => {
      throw unreadable(source, await explain(source, bytes, error), error);
    });
  if (info.width !== source.width || info.height !== source.height)
    throw unreadable(
      source,
      `it is ${info.width}x${info.height} now and was ${source.width}x${source.height} when its header was read`,
    );
  if (info.channels !== source.channels) throw unreadable(source, `it has ${info.channels} channels now`);
  return {
    data: bytesOf(data),
    width: info.width,
    height: info.height,
    channels: source.channels,
    stride: info.width * info.channels,
  };
}

function treatAlpha(image: Sharp, source: Source, background: string): Sharp {
  if (source.channels === 4) return image;
  return background === 'drop' || background === 'keep' ? image.removeAlpha() : image.flatten({ background });
}

/** The error of a photograph that cannot be had. */
export function unreadable(source: Source, reason: string, cause?: unknown): EsrganError {
  return new EsrganError('IMAGE_UNREADABLE', `${source.path}: ${reason}`, {
    place: { file: source.path },
    remedy: 'Replace the file, or leave it out with `exclude`.',
    cause,
  });
}

async function explain(source: Source, bytes: Uint8Array | undefined, error: unknown): Promise<string> {
  const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  if (/missing/.test(message)) return describeFileError(Object.assign(new Error(), { code: 'ENOENT' }));
  if (/premature end|unexpected end|truncat|bad seek/i.test(message)) return `truncated (${message})`;
  const file = async (): Promise<FileLike> => (bytes ? inMemory(source.path, bytes) : localFile(source.path));
  if (
    source.format === 'png' &&
    (await file()
      .then(isTruncatedPng)
      .catch(() => false))
  )
    return `truncated (${message})`;
  return `damaged (${message})`;
}
