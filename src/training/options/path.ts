import { z } from 'zod';

const paramKey = z.enum(['params_ema', 'params']);

/** `path` of an options file: what to start from and where to write. */
export const PathOptions = z.strictObject({
  pretrain_network_g: z
    .string()
    .nullish()
    .describe('Start from the weights in this .safetensors or .pth file instead of random ones.'),
  param_key_g: paramKey
    .default('params_ema')
    .describe('Which of the two sets of weights in pretrain_network_g to start from.'),
  strict_load_g: z
    .boolean()
    .default(true)
    .describe('Refuse a file whose tensors are not exactly those of network_g; false takes those that fit.'),
  pretrain_network_d: z
    .string()
    .nullish()
    .describe('Start the discriminator from the weights in this .safetensors or .pth file.'),
  param_key_d: paramKey.default('params').describe('Which set of weights in pretrain_network_d to use.'),
  strict_load_d: z
    .boolean()
    .default(true)
    .describe('Refuse a file whose tensors are not exactly those of network_d; false takes those that fit.'),
  resume_state: z
    .string()
    .nullish()
    .describe(
      'Go on from this training state, e.g. experiments/NAME/training_states/5000.state (also one written by BasicSR); auto takes the newest of the experiment, or starts afresh when there is none.',
    ),
  ignore_resume_networks: z
    .array(z.enum(['network_g', 'network_d']))
    .default([])
    .describe(
      'Networks that start from pretrain_network_g or pretrain_network_d also when a state is resumed.',
    ),
  experiments_root: z
    .string()
    .default('experiments')
    .describe('Results go to experiments_root/name: models/, training_states/, visualization/ and the log.'),
});

export type PathOptions = z.infer<typeof PathOptions>;
