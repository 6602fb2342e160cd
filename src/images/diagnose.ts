import { open } from 'node:fs/promises';

/** What a file system error means for the reader of a report. */
export function describeFileError(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT') return 'missing: no such file, or a link whose target is gone';
  if (code === 'ELOOP') return 'a link that leads back to itself';
  if (code === 'EACCES' || code === 'EPERM') return 'no permission to read it';
  if (code === 'EISDIR') return 'a folder, not a file';
  if (code === 'ENOTDIR') return 'a part of its path is not a folder';
  if (code === 'ENAMETOOLONG') return 'its path is too long';
  return error instanceof Error ? error.message : String(error);
}

const known: readonly (readonly [name: string, test: RegExp])[] = [
  ['SVG', /^(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?(<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/s],
  ['PDF', /^%PDF-/],
  ['BMP', /^BM.{12}/s],
  ['HEIC', /^.{4}ftyp(heic|heix|hevc|hevx|mif1|msf1)/s],
  ['JPEG XL', /^(\xff\n|.{4}JXL )/s],
  ['JPEG 2000', /^(.{4}jP {2}|\xff\x4f\xff\x51)/s],
  ['Photoshop', /^8BPS/],
  ['OpenEXR', /^v\/1./s],
  ['Radiance HDR', /^#\?(RADIANCE|RGBE)/],
  ['icon', /^\0\0.\0.\0/s],
  ['PNM', /^P[1-7]\s/],
];

const wanted: readonly (readonly [format: string, test: RegExp])[] = [
  ['png', /^\x89PNG\r\n.\n/s],
  ['jpeg', /^\xff\xd8\xff/],
  ['webp', /^RIFF.{4}WEBP/s],
  ['gif', /^GIF8[79]a/],
  ['tiff', /^(II[\x2a\x2b]\0|MM\0[\x2a\x2b])/],
  ['avif', /^.{4}ftypavi[fs]/s],
];

export interface Content {
  readonly reason: string;
  /** Nothing that was meant to be used: no image, or one of a format that we do not read. */
  readonly foreign: boolean;
}

/** Why no header could be made sense of: looks at the first bytes of the file. */
export async function describeContent(path: string): Promise<Content> {
  const head = await readHead(path, 1024);
  const damaged = wanted.find(([, test]) => test.test(head));
  if (damaged)
    return { reason: `damaged or truncated: the ${damaged[0]} header cannot be read`, foreign: false };
  const other = known.find(([, test]) => test.test(head));
  const formats = 'png, jpeg, webp, tiff, avif, gif';
  const reason = other ? `${other[0]} is not supported (${formats})` : `not an image (${formats})`;
  return { reason, foreign: true };
}

async function readHead(path: string, length: number): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Whether a PNG file ends before its IEND chunk; libpng's own message does not tell. */
export async function isTruncatedPng(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const chunk = Buffer.alloc(8);
    for (let at = 8; ; ) {
      const { bytesRead } = await file.read(chunk, 0, 8, at);
      if (bytesRead < 8) return true;
      const end = at + 12 + chunk.readUInt32BE(0);
      if (end > size) return true;
      if (chunk.toString('latin1', 4) === 'IEND') return false;
      at = end;
    }
  } finally {
    await file.close();
  }
}
