import { createGanLoss, createPerceptualLoss, createPixelLoss, createSampleLoss } from '../losses/index.js';
import { createVggFeatures, readVggWeights } from '../networks/index.js';
import type { TrainingOptions } from './options/training.js';
import type { Criteria } from './step/types.js';

export interface OwnedCriteria extends Criteria {
  dispose(): void;
}

/**
 * The losses that the options ask for, on the current engine.
 * @throws EsrganError `VGG_WEIGHTS_MISSING` and what else reading and fitting the weights of VGG throws
 */
export async function createCriteria(options: TrainingOptions, log_samples = false): Promise<OwnedCriteria> {
  const { pixel_opt, perceptual_opt, gan_opt } = options;
  const pixel = pixel_opt ? createPixelLoss(pixel_opt) : undefined;
  const samples = pixel_opt && log_samples ? createSampleLoss(pixel_opt) : undefined;
  const gan = gan_opt ? createGanLoss(gan_opt) : undefined;
  if (!perceptual_opt) return { pixel, samples, gan, dispose: () => {} };
  const { vgg_type, vgg_weights, layer_weights } = perceptual_opt;
  const vgg = createVggFeatures(
    { ...perceptual_opt, layers: Object.keys(layer_weights) },
    await readVggWeights(vgg_type, vgg_weights),
  );
  const perceptual = createPerceptualLoss(perceptual_opt, vgg.features);
  return { pixel, samples, perceptual, gan, dispose: () => vgg.dispose() };
}
