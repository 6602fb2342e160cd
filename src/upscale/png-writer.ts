import type { FileHandle } from 'node:fs/promises';
import { constants, createDeflate, type Deflate } from 'node:zlib';
import type { Pixels } from '../images/pixels.js';
import { chunk, header } from '../images/png.js';
import { SIGNATURE } from '../images/signature.js';
import { RowCoder } from '../simd/png/index.js';

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
    size: Pick<Pixels, 'width' | 'height' | 'channels'>,
    level = 3,
  ): Promise<PngWriter> {
    await file.writeFile(Buffer.concat([SIGNATURE, header(size)]));
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
