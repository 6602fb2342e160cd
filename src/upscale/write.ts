import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import sharp from 'sharp';
import { EsrganError } from '../errors.js';
import { temporaryName } from '../formats/atomic.js';
import type { Pixels } from '../images/pixels.js';
import { PngWriter } from './png-writer.js';

export const outputFormats = ['png', 'jpg', 'webp'] as const;
export type OutputFormat = (typeof outputFormats)[number];

/** The largest edge a format can have, in pixels. */
const longest: Readonly<Record<OutputFormat, number>> = { png: 2 ** 31 - 1, jpg: 65_535, webp: 16_383 };

/** Pixels from which memory matters more than the last percent of a file's size. */
const LARGE = 32e6;

export interface OutputPicture {
  readonly width: number;
  readonly height: number;
  readonly format: OutputFormat;
}

/** @throws EsrganError `UPSCALE_SIZE` when the format has no pictures of that size */
export function checkSize({ width, height, format }: OutputPicture): void {
  if (Math.max(width, height) <= longest[format]) return;
  throw new EsrganError(
    'UPSCALE_SIZE',
    `${width}x${height} is more than ${format} can hold (${longest[format]} pixels a side)`,
    { remedy: 'Use --format png, or a smaller --scale.' },
  );
}

/**
 * Writes bands as a picture that appears whole or not at all. Where it is to be of another size or format than the
 * bands as PNG, they go through a temporary PNG beside it, which libvips reads row by row: memory stays bounded.
 * @param size of the bands together
 */
export async function writeBands(
  file: string,
  bands: AsyncIterable<Pixels>,
  size: Pick<Pixels, 'width' | 'height' | 'channels'>,
  output: OutputPicture,
): Promise<void> {
  const direct = output.format === 'png' && output.width === size.width && output.height === size.height;
  const [png, encoded] = [temporaryName(file), temporaryName(file)];
  try {
    await withHandle(png, async (handle) => {
      const writer = await PngWriter.open(handle, size, direct ? 3 : 1);
      for await (const band of bands) await writer.write(band);
      await writer.finish();
    });
    if (!direct) await encode(png, encoded, output);
    await rename(direct ? png : encoded, file);
  } finally {
    await Promise.all([png, encoded].map((temporary) => rm(temporary, { force: true })));
  }
}

async function withHandle(file: string, use: (handle: FileHandle) => Promise<void>): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await use(handle);
  } finally {
    await handle.close();
  }
}

async function encode(png: string, file: string, { width, height, format }: OutputPicture): Promise<void> {
  const image = sharp(png, { limitInputPixels: false, sequentialRead: true, unlimited: true })
    // Lanczos, as Real-ESRGAN's outscale.
    .resize(width, height, { fit: 'fill', kernel: 'lanczos3' });
  switch (format) {
    case 'png':
      await image.png({ compressionLevel: 3, adaptiveFiltering: true }).toFile(file);
      return;
    case 'jpg':
      // Huffman tables of its own need all coefficients of a picture in memory; large ones go without.
      await image
        .jpeg({ quality: 95, chromaSubsampling: '4:4:4', optimiseCoding: width * height < LARGE })
        .toFile(file);
      return;
    case 'webp':
      await image.webp({ lossless: true, effort: 2 }).toFile(file);
  }
}
