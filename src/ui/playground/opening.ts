import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Pipeline } from '../../config/pipeline-file.js';
import type { Degradation } from '../../degradations/define.js';
import { degradations } from '../../degradations/index.js';
import { presetNames } from '../../degradations/presets.js';
import { controlsOf } from './controls.js';
import { starterOf } from './starter.js';
import type { Opening, OperatorEntry } from './wire.js';

/** What a page must know before it shows anything. */
export async function openingOf(
  pipeline: Pipeline,
  plugins: ReadonlyMap<string, Degradation>,
): Promise<Opening> {
  const { name, file, scale, stages } = pipeline;
  // It may have been saved since.
  const text = await readFile(file, 'utf8').catch(() => pipeline.text ?? '');
  const operators = await Promise.all([
    ...[...degradations.values()].map((operator) => entryOf(operator)),
    ...[...plugins].map(([use, operator]) => entryOf(operator, use)),
  ]);
  return {
    name,
    file: path.basename(file),
    text,
    scale,
    gt_size: stages.batch?.gt_size,
    operators,
    presets: presetNames,
  };
}

async function entryOf(operator: Degradation, use?: string): Promise<OperatorEntry> {
  const { options } = operator;
  const about =
    'description' in options && typeof options.description === 'string' ? options.description : '';
  const controls = await controlsOf(operator);
  return { name: operator.name, use, about, controls, starter: await starterOf(operator, controls, use) };
}
