import type { FileHandle } from 'node:fs/promises';
import { constants, crc32, createDeflate, type Deflate } from 'node:zlib';
import type { Pixels } from '../images/pixels.js';
import { RowCoder } from '../simd/png/index.js';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Rows of about so many bytes are filtered and handed to zlib at a time. */
const SLICE = 2 ** 22;

/** Writes a PNG file band by band, so that the picture is never in memory as a whole. */
export class PngWriter {
  readonly #file: FileHandle;
  readonly #coder = new RowCoder();
  readonly #deflate: Deflate;
  readonly #ready: Buffer[] = [];
  #above: Uint8Array | undefined;

  private constructor(file: FileHandle, level: number) {
    this.#file = file;
    this.#deflate = createDeflate({ level, strategy: constants.Z_FILTERED, memLevel: 9 });
    this.#deflate.on('data', (piece: Buffer) => this.#ready.push(piece));
  }

  /** @param level of zlib, 0..9 */
  static async open(
    file: FileHandle,
    { width, height, channels }: Pick<Pixels, 'width' | 'height' | 'channels'>,
    level = 3,
  ): Promise<PngWriter> {
    const header = Buffer.alloc(13);
    header.writeUInt32BE(width, 0);
    header.writeUInt32BE(height, 4);
    header.set([8, channels === 4 ? 6 : 2, 0, 0, 0], 8);
    await file.writeFile(Buffer.concat([SIGNATURE, chunk('IHDR', header)]));
    return new PngWriter(file, level);
  }

  /** The next rows; contiguous. */
  async write(band: Pixels): Promise<void> {
    const rows = Math.max(1, Math.floor(SLICE / band.stride));
    for (let y = 0; y < band.height; y += rows) {
      const height = Math.min(rows, band.height - y);
      const data = band.data.subarray(y * band.stride, (y + height) * band.stride);
      await this.#slice({ ...band, data, height });
    }
  }

  async #slice(band: Pixels): Promise<void> {
    const { data, stride, height } = band;
    // Filters look at the row above: the last one of the band before goes first, and what comes out of it is dropped.
    const above = this.#above;
    const rows = above ? Buffer.concat([above, data]) : data;
    const filtered: Buffer[] = [];
    this.#coder.filter({ ...band, data: rows, height: height + (above ? 1 : 0) }, (strip) =>
      filtered.push(Buffer.from(strip)),
    );
    if (above) filtered[0] = filtered[0]!.subarray(stride + 1);
    this.#above = data.slice((height - 1) * stride, height * stride);
    for (const strip of filtered) {
      await new Promise<void>((resolve, reject) => {
        this.#deflate.write(strip, (error) => (error ? reject(error) : resolve()));
      });
      await this.#drain();
    }
  }

  async finish(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#deflate.once('end', resolve).once('error', reject).end();
    });
    await this.#drain();
    await this.#file.writeFile(chunk('IEND', Buffer.alloc(0)));
  }

  async #drain(): Promise<void> {
    const ready = this.#ready.splice(0);
    if (ready.length > 0) await this.#file.writeFile(chunk('IDAT', Buffer.concat(ready)));
  }
}

function chunk(type: string, data: Uint8Array): Buffer {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(type, 4, 'latin1');
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
  return bytes;
}
