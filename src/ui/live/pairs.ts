import { encode } from '../../images/encode.js';
import type { SampledPair } from '../../pipeline/index.js';
import type { PairView } from './types.js';

/** As many as the page shows, and some more that a slower page may still ask for. */
const KEPT = 24;

/** The training pairs of late; their pictures are encoded only when a page asks for them. */
export class PairShelf {
  readonly #pairs = new Map<number, SampledPair>();
  #next = 1;

  add(pair: SampledPair): PairView {
    const id = this.#next++;
    this.#pairs.set(id, pair);
    this.#pairs.delete(id - KEPT);
    const { gt, lq, batch, record } = pair;
    return {
      id,
      batch,
      record,
      gt: { width: gt.width, height: gt.height },
      lq: { width: lq.width, height: lq.height },
    };
  }

  async png(id: number, which: 'gt' | 'lq'): Promise<Uint8Array | undefined> {
    const pixels = this.#pairs.get(id)?.[which];
    if (!pixels) return undefined;
    return encode({ ...pixels, channels: 3, stride: 3 * pixels.width }, 'png', { compressionLevel: 1 });
  }
}
