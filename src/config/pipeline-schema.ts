import { z } from 'zod';
import { BatchOptions } from '../stages/batch/options.js';
import { CropOptions } from '../stages/crop/options.js';
import { DegradeOptions } from '../stages/degrade/options.js';
import { DiscardOptions } from '../stages/discard/options.js';
import { SourceOptions } from '../stages/discover/options.js';
import { MetadataOptions } from '../stages/metadata/options.js';
import { MultiscaleOptions } from '../stages/multiscale/options.js';
import { ShuffleOptions } from '../stages/shuffle/options.js';
import { bytes } from '../stages/units.js';
import { WriteOptions } from '../stages/write/options.js';
import { PairsOptions, WebdatasetOptions } from '../stages/write/pack-options.js';
import { ExperimentName, TrainOptions } from '../training/options.js';
import { checkPipeline } from './pipeline-rules.js';

/** `- shuffle:` without a value means its defaults. */
function orDefaults<Output, Input>(schema: z.ZodType<Output, Input>) {
  return schema.nullable().transform((value, ctx): Output => {
    if (value !== null) return value;
    const defaults = schema.safeParse({});
    if (defaults.success) return defaults.data;
    for (const { path, message } of defaults.error.issues) ctx.addIssue({ code: 'custom', path, message });
    return z.NEVER;
  });
}

const Stage = z
  .strictObject({
    multiscale: orDefaults(MultiscaleOptions).optional().describe('Use every photograph at several sizes.'),
    crop: orDefaults(CropOptions).optional().describe('Cut overlapping windows, as extract_subimages does.'),
    metadata: orDefaults(MetadataOptions).optional().describe('Record where every crop comes from.'),
    shuffle: orDefaults(ShuffleOptions).optional().describe('Mix the crops of many photographs; seeded.'),
    degrade: orDefaults(DegradeOptions).optional().describe('Make the low-quality picture lq from gt.'),
    batch: orDefaults(BatchOptions).optional().describe('Cut, flip and gather pairs for the trainer.'),
  })
  .meta({ minProperties: 1, maxProperties: 1 });

const OptionsInFile = z.strictObject({
  options: z
    .string()
    .describe(
      'Option file of the training run (the words of BasicSR), relative to the working folder or the folder of this file.',
    ),
});

/** The options themselves, or the file that holds them. */
const Train = z.union([OptionsInFile, TrainOptions]);

const Sink = z
  .strictObject({
    train: Train.optional().describe('Train a network on the batches.'),
    write: z
      .union([WriteOptions, WebdatasetOptions, PairsOptions])
      .optional()
      .describe('Write the crops to a folder, or crops or pairs to tars, or pairs to two folders.'),
    discard: orDefaults(DiscardOptions).optional().describe('Only count what arrives: for measuring.'),
  })
  .meta({ minProperties: 1, maxProperties: 1 });

/** What a pipeline file holds. */
export const PipelineFile = z
  .strictObject({
    name: ExperimentName.describe('Name of the run; results are called after it.'),
    description: z.string().optional().describe('What the pipeline is for, in a sentence.'),
    seed: z
      .number()
      .int()
      .min(0)
      .default(0)
      .describe('Everything random in the run follows from this number.'),
    scale: z
      .number()
      .int()
      .min(1)
      .max(16)
      .default(4)
      .describe('Super-resolution factor: gt is scale times lq.'),
    epochs: z
      .number()
      .int()
      .positive()
      .optional()
      .describe('Times to go through all crops (default: once, or as often as training needs).'),
    memory: bytes.default(512 * 2 ** 20).describe('Budget of decoded images, e.g. 512MiB.'),
    workers: z
      .number()
      .int()
      .min(1)
      .max(256)
      .optional()
      .describe('Threads that degrade (default: number of cores).'),
    out: z
      .string()
      .optional()
      .describe('Folder for the HTML report and its pictures (default: out/NAME when training, else none).'),
    source: SourceOptions.describe('Where the photographs are.'),
    stages: z.array(Stage).default([]).describe('What happens to them, in this order.'),
    sink: Sink.describe('Where the results go: train, write or discard.'),
  })
  .superRefine(checkPipeline);

export type PipelineFile = z.infer<typeof PipelineFile>;
