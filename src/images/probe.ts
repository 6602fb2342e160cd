import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Metadata } from 'sharp';
import { type Content, describeContent, describeFileError } from './diagnose.js';
import { type FileLike, localFile } from './file-like.js';
import { headerInput } from './header-input.js';
import { isSrgbProfile } from './icc.js';
import * as notes from './notes.js';
import { type QuickHeader, quickHeader } from './quick-header.js';

export interface ProbeOptions {
  /** What happens to alpha: `keep`, `drop`, or `#rrggbb` to blend over. Default `drop`. */
  readonly background?: string;
  /** Images that promise more pixels are refused. Default 268,402,689. */
  readonly limit_pixels?: number;
}

/** What the header of a usable image says. */
export interface Header {
  readonly ok: true;
  /** Pixels, after EXIF orientation. */
  readonly width: number;
  readonly height: number;
  readonly format: 'png' | 'jpeg' | 'webp' | 'tiff' | 'avif' | 'gif';
  readonly channels: 3 | 4;
  /** Conversions that reading will apply. */
  readonly notes: readonly string[];
}

export interface Unusable {
  readonly ok: false;
  /** `skipped`: not meant to be used (no image, a folder); `failed`: an image that cannot be used. */
  readonly outcome: 'skipped' | 'failed';
  readonly reason: string;
}

const DEFAULT_LIMIT = 268_402_689;

/**
 * Reads the header of a file, recognised by content, and says how it will be read or why it cannot be.
 * Takes no memory for pixels and never throws for a bad file.
 */
export async function probe(file: string, options: ProbeOptions = {}): Promise<Header | Unusable> {
  try {
    const stats = await stat(file);
    return notAFile(stats) ?? (await probeFile(await localFile(file, stats), options));
  } catch (error) {
    return failed(describeFileError(error));
  }
}

/** The same of a file that may lie elsewhere; throws what reading it throws. */
export async function probeFile(file: FileLike, options: ProbeOptions = {}): Promise<Header | Unusable> {
  if (file.bytes === 0) return failed('an empty file');
  const quick = await quickHeader(file);
  if (quick) return judge(file, plain(quick), options);
  const metadata = await readMetadata(file);
  return metadata ? judge(file, metadata, options) : noHeader(await describeContent(file));
}

/** What of sharp's metadata is looked at here. */
type Facts = Pick<
  Metadata,
  | 'format'
  | 'compression'
  | 'autoOrient'
  | 'depth'
  | 'bitsPerSample'
  | 'hasAlpha'
  | 'pages'
  | 'orientation'
  | 'space'
  | 'icc'
  | 'isPalette'
  | 'channels'
>;

const plain = ({ format, width, height }: QuickHeader): Facts => ({
  format,
  autoOrient: { width, height },
  depth: 'uchar',
  hasAlpha: false,
  space: 'srgb',
  isPalette: false,
  channels: 3,
});

async function readMetadata(file: FileLike): Promise<Metadata | undefined> {
  const { default: sharp } = await import('sharp');
  // sharp's message does not tell an unknown format from a damaged header: `describeContent` looks itself.
  return sharp(await headerInput(file), { limitInputPixels: false })
    .metadata()
    .catch(() => undefined);
}

const failed = (reason: string): Unusable => ({ ok: false, outcome: 'failed', reason });
const skipped = (reason: string): Unusable => ({ ok: false, outcome: 'skipped', reason });
const noHeader = (content: Content): Unusable => (content.foreign ? skipped : failed)(content.reason);

function notAFile(stats: Stats): Unusable | undefined {
  if (stats.isDirectory()) return skipped('a folder, not a file');
  return stats.isFile() ? undefined : skipped('not a regular file');
}

async function judge(file: FileLike, metadata: Facts, options: ProbeOptions): Promise<Header | Unusable> {
  const format = formatOf(metadata);
  if (format === undefined) return noHeader(await describeContent(file));
  const { width, height } = metadata.autoOrient;
  const limit = options.limit_pixels ?? DEFAULT_LIMIT;
  if (width * height > limit)
    return failed(
      `its header promises ${megapixels(width * height)} (${width}x${height}), over the limit of ${megapixels(limit)} (limit_pixels)`,
    );
  if (metadata.depth !== 'uchar' && metadata.depth !== 'ushort')
    return failed(`pixels of type ${metadata.depth} are not supported (8 and 16 bits are)`);
  const background = options.background ?? 'drop';
  return {
    ok: true,
    width,
    height,
    format,
    channels: metadata.hasAlpha && background === 'keep' ? 4 : 3,
    notes: conversions(file.name, format, metadata, background),
  };
}

function formatOf({ format, compression }: Facts): Header['format'] | undefined {
  switch (format) {
    case 'png':
    case 'jpeg':
    case 'webp':
    case 'tiff':
    case 'gif':
      return format;
    case 'heif':
      return compression === 'av1' ? 'avif' : undefined;
    default:
      return undefined;
  }
}

const megapixels = (pixels: number): string => `${(pixels / 1e6).toFixed(pixels < 1e7 ? 1 : 0)} megapixels`;

const usualExtensions: Record<Header['format'], readonly string[]> = {
  png: ['.png', '.apng'],
  jpeg: ['.jpg', '.jpeg', '.jpe', '.jfif'],
  webp: ['.webp'],
  tiff: ['.tif', '.tiff'],
  avif: ['.avif', '.avifs'],
  gif: ['.gif'],
};

function conversions(file: string, format: Header['format'], m: Facts, background: string): string[] {
  const extension = path.extname(file);
  const found = [
    extension !== '' &&
      !usualExtensions[format].includes(extension.toLowerCase()) &&
      notes.extensionNote(format, extension),
    (m.pages ?? 1) > 1 && notes.framesNote(m.pages ?? 1),
    (m.orientation ?? 1) > 1 && notes.orientationNote(m.orientation ?? 1),
    m.depth === 'ushort' && notes.depthNote(m.bitsPerSample ?? 16),
    m.space === 'cmyk' && notes.CMYK_NOTE,
    m.icc !== undefined && !isSrgbProfile(m.icc) && notes.ICC_NOTE,
    m.isPalette && format !== 'gif' && notes.PALETTE_NOTE,
    m.channels <= 2 && notes.GRAY_NOTE,
    m.hasAlpha && alphaNote(background),
  ];
  return found.filter((note) => note !== false);
}

function alphaNote(background: string): string {
  if (background === 'keep') return notes.ALPHA_KEPT_NOTE;
  return background === 'drop' ? notes.ALPHA_DROPPED_NOTE : notes.alphaBlendedNote(background);
}
