import { z } from 'zod';

/** Options of BasicSR's PerceptualLoss, and where the weights of the VGG network lie. */
export const PerceptualLossOptions = z.strictObject({
  type: z.literal('PerceptualLoss'),
  layer_weights: z
    .record(z.string().regex(/^(conv|relu)[1-5]_[1-4]$|^pool[1-5]$/, 'a layer such as conv5_4'), z.number())
    .refine((weights) => Object.keys(weights).length > 0, 'name at least one layer, such as conv5_4: 1')
    .describe(
      'Layers whose feature maps are compared, and the weight of each; conv layers are taken before their ReLU.',
    ),
  vgg_type: z.enum(['vgg16', 'vgg19']).default('vgg19').describe('Which of the VGG networks.'),
  vgg_weights: z
    .string()
    .optional()
    .describe(
      "torchvision's weights of that network, .pth or .safetensors; without it, the file that torch would have put into its own cache.",
    ),
  use_input_norm: z
    .boolean()
    .default(true)
    .describe('Normalise the images with the mean and deviation of ImageNet, as VGG was trained.'),
  range_norm: z.boolean().default(false).describe('The images are in [-1, 1]: bring them to [0, 1] first.'),
  perceptual_weight: z
    .number()
    .nonnegative()
    .default(1)
    .describe('Factor of the differences of features; 0 leaves them out.'),
  style_weight: z
    .number()
    .nonnegative()
    .default(0)
    .describe('Factor of the differences of Gram matrices; 0 leaves them out.'),
  criterion: z
    .enum(['l1', 'l2', 'fro'])
    .default('l1')
    .describe('Mean absolute difference, mean squared difference, or Frobenius norm of the difference.'),
});

export type PerceptualLossOptions = z.infer<typeof PerceptualLossOptions>;
