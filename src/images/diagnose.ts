import type { FileLike } from './file-like.js';

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
export async function describeContent(file: Pick<FileLike, 'read'>): Promise<Content> {
  const head = (await file.read(0, 1024)).toString('latin1');
  const damaged = wanted.find(([, test]) => test.test(head));
  if (damaged)
    return { reason: `damaged or truncated: the ${damaged[0]} header cannot be read`, foreign: false };
  const other = known.find(([, test]) => test.test(head));
  const formats = 'png, jpeg, webp, tiff, avif, gif';
  const reason = other ? `${other[0]} is not supported (${formats})` : `not an image (${formats})`;
  return { reason, foreign: true };
}

/** Whether a PNG file ends before its IEND chunk; libpng's own message does not tell. */
export async function isTruncatedPng({ bytes, read }: FileLike): Promise<boolean> {
  for (let at = 8; ; ) {
    const chunk = await read(at, 8);
    if (chunk.length < 8) return true;
    const end = at + 12 + chunk.readUInt32BE(0);
    if (end > bytes) return true;
    if (chunk.toString('latin1', 4) === 'IEND') return false;
    at = end;
  }
}
