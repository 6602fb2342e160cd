import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { pack } from 'tar-stream';

/** Pictures whose files are large, since nothing repeats in them. */
function noise(width: number, height: number, channels: 3 | 4, seed: number): Sharp {
  const data = Buffer.alloc(width * height * channels);
  let state = seed | 1;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) | 0;
    data[i] = state >>> 16;
  }
  return sharp(data, { raw: { width, height, channels } });
}

/** A folder of photographs of every kind: names that must be escaped, headers of more than 64 KiB, all six formats. */
export async function photographs(folder: string): Promise<string> {
  const made: Record<string, Buffer> = {
    'a/plain.png': await noise(220, 200, 3, 1).png().toBuffer(),
    'a/alpha.png': await noise(210, 205, 4, 2).png().toBuffer(),
    'b/photo #1 (ü, 100%).jpg': await noise(230, 210, 3, 3).jpeg({ quality: 95 }).toBuffer(),
    'b/turned.jpg': await noise(240, 200, 3, 4)
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 90 })
      .toBuffer(),
    'c.webp': await noise(200, 200, 3, 5).webp({ lossless: true }).toBuffer(),
    'd.tif': await noise(200, 210, 3, 6).tiff({ compression: 'none' }).toBuffer(),
    'e.gif': await noise(200, 220, 3, 7).gif().toBuffer(),
    'f.avif': await noise(220, 220, 3, 8).avif({ quality: 50, effort: 0 }).toBuffer(),
    'sixteen.png': await noise(200, 204, 3, 9).toColourspace('rgb16').png().toBuffer(),
  };
  made['long header.jpg'] = withComments(made['b/turned.jpg'], 3);
  for (const [name, bytes] of Object.entries(made)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), bytes);
  }
  return folder;
}

/** A JPEG with segments of 60 KB in front of everything else. */
function withComments(jpeg: Buffer, count: number): Buffer {
  const comment = Buffer.alloc(60_002, 0x20);
  comment.writeUInt16BE(0xfffe, 0);
  comment.writeUInt16BE(60_000, 2);
  return Buffer.concat([
    jpeg.subarray(0, 2),
    ...Array.from({ length: count }, () => comment),
    jpeg.subarray(2),
  ]);
}

/** Names of all files below a folder, with forward slashes. */
export function filesBelow(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => statSync(path.join(folder, name)).isFile()).sort();
}

/** Puts files of a folder into a tar, in the order of `names`, as tar-stream does it. */
export async function intoTar(folder: string, names: readonly string[], file: string): Promise<string> {
  const tar = pack();
  for (const name of names) tar.entry({ name, mtime: new Date(0) }, readFileSync(path.join(folder, name)));
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar as AsyncIterable<Buffer>) chunks.push(chunk);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, Buffer.concat(chunks));
  return file;
}
