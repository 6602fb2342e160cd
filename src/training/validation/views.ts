import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomic } from '../../formats/atomic.js';
import { encode } from '../../images/encode.js';
import type { Pixels } from '../../images/pixels.js';
import type { Photograph } from './photographs.js';
import { type Detail, mostDifferent } from './picture.js';
import { cut } from './pixels.js';

/** Edge of the largest view that is kept of a photograph, in gt pixels. */
const EDGE = 512;

/**
 * Keeps what the network made of a held-back photograph as a picture of its own, `<iter>.png`, and once beside it
 * `lq.png`, `bicubic.png` and `gt.png`: pictures that can be laid over one another. Of a photograph larger than
 * 512x512 pixels it is the window of that size in which bicubic interpolation fails most.
 */
export class Views {
  readonly #windows = new Map<string, Detail>();

  /** @param folder of one photograph, `visualization/<name>` */
  async write(folder: string, { gt, lq, bicubic }: Photograph, sr: Pixels, iter: number): Promise<void> {
    const scale = gt.width / lq.width;
    const known = this.#windows.get(folder);
    const window = known ?? windowOf(bicubic, gt, scale);
    const write = async (name: string, image: Pixels, of: Detail): Promise<void> =>
      writeFileAtomic(
        path.join(folder, `${name}.png`),
        await encode(cut(image, of.x, of.y, of.width, of.height), 'png'),
      );
    if (!known) {
      this.#windows.set(folder, window);
      await mkdir(folder, { recursive: true });
      const { x, y, width, height } = window;
      const small = { x: x / scale, y: y / scale, width: width / scale, height: height / scale };
      await Promise.all([write('lq', lq, small), write('bicubic', bicubic, window), write('gt', gt, window)]);
    }
    await write(`${iter}`, sr, window);
  }
}

function windowOf(bicubic: Pixels, gt: Pixels, scale: number): Detail {
  const whole = (value: number): number => value - (value % scale);
  const width = Math.min(gt.width, whole(EDGE));
  const height = Math.min(gt.height, whole(EDGE));
  // A photograph a little wider than high is shown whole as long as it has no more pixels than the square.
  if (gt.width * gt.height <= EDGE * EDGE) return { x: 0, y: 0, width: gt.width, height: gt.height };
  const found = mostDifferent(bicubic, gt, width, height);
  return { ...found, x: whole(found.x), y: whole(found.y) };
}
