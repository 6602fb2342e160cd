import { z } from 'zod';

const iterations = z.number().int().positive();

/** `logger` of an options file: how often to report and save, and what is kept. */
export const LoggerOptions = z.strictObject({
  print_freq: iterations.default(100).describe('Iterations between two records of the losses.'),
  save_checkpoint_freq: iterations
    .optional()
    .describe('Write weights and training state every so many iterations; always at the end.'),
  save_format: z
    .enum(['safetensors', 'pth'])
    .default('safetensors')
    .describe('Format of the weights: .safetensors, or the .pth that PyTorch programs read.'),
  keep_last: iterations
    .optional()
    .describe('Keep only so many of the newest checkpoints; without it, all are kept.'),
  keep_every: iterations
    .optional()
    .describe('Keep the checkpoints of every so many iterations, whatever keep_last says.'),
  keep_best: z
    .boolean()
    .default(true)
    .describe('Keep the weights that did best at validation as net_g_best_METRIC.'),
  log_samples: z
    .boolean()
    .default(false)
    .describe('Write the pixel loss of every sample of every step to samples_log.jsonl.'),
  use_tb_logger: z.boolean().default(true).describe('Write TensorBoard event files to tb_logger/.'),
});

export type LoggerOptions = z.infer<typeof LoggerOptions>;
