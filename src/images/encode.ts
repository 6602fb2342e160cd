import sharp, { type Sharp } from 'sharp';
import type { Pixels } from './pixels.js';
import { pack } from './view.js';

export type EncodeFormat = 'png' | 'jpeg' | 'webp' | 'tiff' | 'avif' | 'gif';

export interface EncodeOptions {
  /** PNG: zlib level 0..9. Default 3, as extract_subimages. */
  readonly compressionLevel?: number;
  /** JPEG and AVIF: 1..100. Default 95 for JPEG, as OpenCV. WebP and TIFF are written without loss. */
  readonly quality?: number;
}

const byExtension: Readonly<Record<string, EncodeFormat>> = {
  '.png': 'png',
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.jpe': 'jpeg',
  '.webp': 'webp',
  '.tif': 'tiff',
  '.tiff': 'tiff',
  '.avif': 'avif',
  '.gif': 'gif',
};

/** The format that a file extension (with its dot, any case) asks for; undefined when none is known. */
export function formatForExtension(extension: string): EncodeFormat | undefined {
  return byExtension[extension.toLowerCase()];
}

/** Encodes an image to the bytes of a file. Lossless except for jpeg, avif, and gif (256 colours). */
export async function encode(
  pixels: Pixels,
  format: EncodeFormat,
  options: EncodeOptions = {},
): Promise<Uint8Array> {
  const { data, width, height, channels } = pack(pixels);
  const image = sharp(data, { raw: { width, height, channels }, limitInputPixels: false });
  return withFormat(image, format, options).toBuffer();
}

function withFormat(image: Sharp, format: EncodeFormat, options: EncodeOptions): Sharp {
  switch (format) {
    case 'png':
      return image.png({ compressionLevel: options.compressionLevel ?? 3, adaptiveFiltering: true });
    case 'jpeg':
      return image.jpeg({ quality: options.quality ?? 95 });
    case 'webp':
      return image.webp({ lossless: true });
    case 'tiff':
      return image.tiff({ compression: 'lzw', predictor: 'horizontal' });
    case 'avif':
      return image.avif({ quality: options.quality ?? 90 });
    case 'gif':
      return image.gif();
  }
}
