import type { Tensor, Tensor4D, Variable } from '@tensorflow/tfjs-core';

/** Anything whose weights can be saved and loaded by torch's names: see stateDict and loadStateDict. */
export interface Stateful {
  /** The `type` of its options: `RRDBNet`, `UNetDiscriminatorSN` ... */
  readonly type: string;
  /**
   * What training changes, keyed and ordered as torch's `state_dict` (`body.0.weight` ...), so that option and
   * checkpoint files of the field fit. Values have tfjs layouts: convolution weights are [kh, kw, in, out].
   */
  readonly parameters: ReadonlyMap<string, Variable>;
  /**
   * State that belongs to the weights but that no gradient touches: spectral norm's `weight_u` and `weight_v`,
   * batch norm's `running_mean`, `running_var`, `num_batches_tracked`. A forward pass with `training: true`
   * renews it. It must be saved and restored for a run to continue as if it had not stopped.
   */
  readonly buffers?: ReadonlyMap<string, Variable>;
}

/** A generator network whose weights live in tfjs variables of the current backend. */
export interface Network extends Stateful {
  /** How many times larger the output is than the input. */
  readonly scale: number;
  /** lq float32 [n, h, w, 3], RGB in [0, 1] -> sr float32 [n, h * scale, w * scale, 3], not clamped. */
  forward(lq: Tensor4D): Tensor4D;
  dispose(): void;
}

/**
 * A discriminator: the opponent of the generator in adversarial training. It looks at an image and says how real
 * it thinks it is; training shows it real images and the generator's by turns.
 */
export interface Discriminator extends Stateful {
  readonly buffers: ReadonlyMap<string, Variable>;
  /**
   * image float32 [n, h, w, 3], RGB in [0, 1] -> logits, float32: positive for "real", negative for "fake"
   * (sigmoid makes probabilities of them). UNetDiscriminatorSN judges every pixel, [n, h, w, 1];
   * VGGStyleDiscriminator the image as a whole, [n, 1].
   *
   * With `training: true` every call also renews the buffers, in place, before (spectral norm) or while (batch
   * norm) they are used; so the number and the order of calls in a training step matter, as they do in torch.
   * The new buffers never depend on the gradient, and a pass that was recorded for a gradient keeps the values
   * it used.
   * @throws EsrganError `NETWORK_INPUT` for an image of a size it cannot take
   */
  forward(image: Tensor4D, options: { readonly training: boolean }): Tensor;
  dispose(): void;
}

export interface StateDictEntry {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Weights by torch's names in torch's layouts: convolution weights are [out, in, kh, kw], row-major. */
export type StateDict = ReadonlyMap<string, StateDictEntry>;
