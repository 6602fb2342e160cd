/** One training batch: uint8, NHWC, RGB. Row i of `lq` and of `gt` is the pair that `rows[i]` describes. */
export interface Batch {
  /** Place in the run's sequence of batches, from 0. */
  readonly index: number;
  readonly epoch: number;
  /** Number of pairs. */
  readonly size: number;
  /** [size, gtHeight / scale, gtWidth / scale, 3] */
  readonly lq: Uint8Array;
  readonly lqShape: readonly [number, number, number, number];
  /** [size, gtHeight, gtWidth, 3] */
  readonly gt: Uint8Array;
  readonly gtShape: readonly [number, number, number, number];
  /** gt sharpened by USM (gtShape), where a loss of the run compares with that. */
  readonly gt_usm?: Uint8Array;
  readonly rows: readonly PairRecord[];
}

/** Provenance of a training pair: enough to rebuild its very pixels. */
export interface PairRecord {
  /** Sample id, e.g. `0001.png@T0:400x400+200+0`. */
  readonly id: string;
  readonly epoch: number;
  readonly seed: string;
  /** The gt window within the crop (after flips), and the flips and rotation applied to the crop. */
  readonly augment: {
    readonly hflip: boolean;
    readonly vflip: boolean;
    readonly rot90: boolean;
    readonly x: number;
    readonly y: number;
    /** Edge of the window in pixels; 0 when the whole crop is the gt. */
    readonly size: number;
  };
  /** Drawn parameters, one entry an applied operator, in order. */
  readonly degradations: readonly {
    readonly name: string;
    readonly params: unknown;
    /** What it was applied to; lq without it. */
    readonly on?: 'gt' | 'both';
  }[];
}

/** The memory of a batch's pictures, which can be filled again when the batch has been used. */
export interface BatchBuffers {
  readonly lq: ArrayBuffer;
  readonly gt: ArrayBuffer;
  readonly gt_usm?: ArrayBuffer;
}

/** The arrays of a batch or of a pair must own their memory whole. */
export function buffersOf({ lq, gt, gt_usm }: Pick<Batch, 'lq' | 'gt' | 'gt_usm'>): BatchBuffers {
  const own = { lq: lq.buffer as ArrayBuffer, gt: gt.buffer as ArrayBuffer };
  return gt_usm ? { ...own, gt_usm: gt_usm.buffer as ArrayBuffer } : own;
}

/** Where the trainer gets its batches: a pull interface, so that data is never made faster than it is used. */
export interface BatchSource {
  /** The next batch of the run, `undefined` when there are no more. */
  next(): Promise<Batch | undefined>;
  /** The batch has been used: its buffers may be filled again. Called exactly once for each batch. */
  done(batch: Batch): void;
}
