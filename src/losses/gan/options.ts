import { z } from 'zod';
import { lossWeight } from '../fields.js';

/** Options of BasicSR's GANLoss, and `relativistic`. */
export const GanLossOptions = z.strictObject({
  type: z.literal('GANLoss'),
  gan_type: z
    .enum(['vanilla', 'lsgan', 'wgan', 'wgan_softplus', 'hinge'])
    .describe('How the logits of the discriminator become a loss.'),
  real_label_val: z.number().default(1).describe('Label of real images (vanilla and lsgan).'),
  fake_label_val: z.number().default(0).describe('Label of generated images (vanilla and lsgan).'),
  loss_weight: lossWeight.describe("Factor of the generator's loss; the discriminator's has none."),
  relativistic: z
    .boolean()
    .default(false)
    .describe(
      'Ask whether a real image looks more real than the average generated one (ESRGAN) instead of whether it looks real (Real-ESRGAN).',
    ),
});

export type GanLossOptions = z.infer<typeof GanLossOptions>;
