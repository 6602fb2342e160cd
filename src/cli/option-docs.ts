import type { z } from 'zod';
import { PairedDataset, RealESRGANDataset, ValDataset } from '../config/basicsr/dataset-options.js';
import { datasetKeys, topKeys } from '../config/basicsr/degradation-options.js';
import { WholeOptionFile } from '../config/basicsr/option-file.js';
import { GanLossOptions, PerceptualLossOptions, PixelLossOptions } from '../losses/options.js';
import { DiscriminatorOptions, NetworkOptions } from '../networks/options.js';
import { LoggerOptions } from '../training/options/logger.js';
import { PathOptions } from '../training/options/path.js';
import { TrainingOptions } from '../training/options/training.js';
import { MetricOptions, ValidationOptions } from '../training/options/validation.js';
import { SchedulerOptions } from '../training/options.js';
import { optionTable } from './operator-docs.js';

const begin = '<!-- options: written by `esrgan docs` -->';
const end = '<!-- /options -->';

/** A text with the tables of all keys of option files between its two marks. */
export function withOptions(text: string): string {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the text lacks ${begin} or ${end}`);
  return `${text.slice(0, from + begin.length)}\n\n${optionTables()}\n${text.slice(to)}`;
}

const degradation = [...Object.keys(topKeys), ...Object.keys(datasetKeys)];
const sections = ['network_g', 'network_d', 'path', 'train', 'val', 'logger', 'datasets', 'stream'];
const losses = ['optim_g', 'optim_d', 'scheduler', 'pixel_opt', 'perceptual_opt', 'gan_opt'];

/** All keys of option files as Markdown, from the schemas that check them. */
export function optionTables(): string {
  return [
    heading('At the top of the file', optionTable(WholeOptionFile, [...degradation, ...sections])),
    heading('Degradation', optionTable(WholeOptionFile.pick(keys(topKeys)))),
    heading('`datasets.train` with type: RealESRGANDataset', optionTable(RealESRGANDataset)),
    ...byType('datasets.train', PairedDataset),
    heading('`datasets.val`', optionTable(ValDataset)),
    ...byType('network_g', NetworkOptions),
    ...byType('network_d', DiscriminatorOptions),
    heading('`path`', optionTable(PathOptions)),
    heading('`train`', optionTable(TrainingOptions, losses)),
    heading('`train.optim_g`, `train.optim_d`', optionTable(TrainingOptions.shape.optim_g.unwrap())),
    ...byType('train.scheduler', SchedulerOptions),
    ...byType('train.pixel_opt', PixelLossOptions),
    heading('`train.perceptual_opt`', optionTable(PerceptualLossOptions)),
    heading('`train.gan_opt`', optionTable(GanLossOptions)),
    heading('`val`', optionTable(ValidationOptions)),
    heading('`val.metrics.NAME`', optionTable(MetricOptions)),
    heading('`logger`', optionTable(LoggerOptions)),
    heading('`stream`', optionTable(WholeOptionFile.shape.stream.unwrap())),
  ].join('\n');
}

const heading = (title: string, table: string): string => `### ${title}\n\n${table}\n`;

const keys = <Key extends string>(record: Readonly<Record<Key, unknown>>): Record<Key, true> =>
  Object.fromEntries(Object.keys(record).map((key) => [key, true])) as Record<Key, true>;

/** A table for every `type` of a mapping. */
function byType(key: string, union: { readonly options: readonly z.ZodObject[] }): string[] {
  return union.options.map((option) => {
    const { type } = option.shape;
    const words = 'values' in type && type.values instanceof Set ? [...type.values] : [];
    return heading(`\`${key}\` with type: ${words.join(' or ')}`, optionTable(option, ['type']));
  });
}
