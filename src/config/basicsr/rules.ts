import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { type DegradationKeys, degradationDefaults } from './degradation-options.js';
import { checkDegradation, degradationSteps } from './degradation-steps.js';
import { isPaired, type OptionFile, patchSize, streamHalf } from './option-file.js';

/**
 * An option file of BasicSR or Real-ESRGAN; what `TrainOptions` checks may be anything here. Idle keys have been
 * taken out.
 *
 * @param sets names of the validation sets in the file: `val`, `val_set5` ...
 */
export function optionFileSchema(sets: readonly string[]): z.ZodType<OptionFile> {
  return streamHalf(sets).superRefine(checkRules);
}

/** Whether the degradation is that of the presets realesrgan and realesrnet. */
const isPublished = (keys: DegradationKeys, { model_type, gt_usm }: OptionFile): boolean =>
  (model_type === 'RealESRGANModel' || gt_usm) &&
  isDeepStrictEqual(degradationSteps(keys), degradationSteps(degradationDefaults));

/** Rules between the keys that describe the stream. */
function checkRules(file: OptionFile, ctx: z.core.$RefinementCtx): void {
  const say = (path: string[], message: string): void => ctx.addIssue({ code: 'custom', path, message });
  const { datasets, model_type, scale } = file;
  const set = datasets.train;
  const patch = isPaired(set) ? ['datasets', 'train', 'gt_size'] : ['gt_size'];
  if (patchSize(file) % scale !== 0)
    say(patch, `must be a multiple of scale (${scale}), but is ${patchSize(file)}`);
  if (isPaired(set)) {
    if (file.high_order_degradation === true)
      say(['high_order_degradation'], `a ${set.type} brings its own lq: write false`);
    if (file.stream.multiscale)
      say(['stream', 'multiscale'], `the pairs of a ${set.type} are used as they are: leave this out`);
    return;
  }
  checkDegradation({ ...file, ...set }, ctx);
  if (file.stream.mode === 'reference' && !isPublished({ ...file, ...set }, file))
    say(
      ['stream', 'mode'],
      'reference is there with the published numbers of the degradation (and gt_usm: true for RealESRNet) only',
    );
  if (!model_type.startsWith('RealESR'))
    say(
      ['datasets', 'train', 'type'],
      `${model_type} does not degrade: give it a PairedImageDataset, or use RealESRNetModel or RealESRGANModel`,
    );
  if (file.high_order_degradation === false)
    say(['high_order_degradation'], 'without degradation lq must be given: use a RealESRGANPairedDataset');
  if (set.meta_info !== undefined && set.dataroot_gt.length > 1)
    say(
      ['datasets', 'train', 'dataroot_gt'],
      'with meta_info give one folder, which its paths are relative to',
    );
}
