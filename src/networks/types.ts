import type { Tensor4D, Variable } from '@tensorflow/tfjs-core';

/** A generator network whose weights live in tfjs variables of the current backend. */
export interface Network {
  /** The `type` of its options: `SRVGGNetCompact`, `RRDBNet`. */
  readonly type: string;
  /** How many times larger the output is than the input. */
  readonly scale: number;
  /**
   * Keyed and ordered as torch's `state_dict` (`body.0.weight` ...), so that option and checkpoint files
   * of the field fit. Values have tfjs layouts: convolution weights are [kh, kw, in, out].
   */
  readonly parameters: ReadonlyMap<string, Variable>;
  /** lq float32 [n, h, w, 3], RGB in [0, 1] -> sr float32 [n, h * scale, w * scale, 3], not clamped. */
  forward(lq: Tensor4D): Tensor4D;
  dispose(): void;
}

export interface StateDictEntry {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Weights by torch's names in torch's layouts: convolution weights are [out, in, kh, kw], row-major. */
export type StateDict = ReadonlyMap<string, StateDictEntry>;
