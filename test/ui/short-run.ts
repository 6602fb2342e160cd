import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { loadPipeline } from '../../src/config/load-pipeline.js';
import type { Pipeline } from '../../src/config/pipeline-file.js';
import { root } from '../root.js';

export const folder = (): string => mkdtempSync(path.join(os.tmpdir(), 'esrgan-ui-'));

/** Settings that make the shipped quickstart a run of a few seconds, on the engine that is always there. */
export const short = (out: string, iters: number): string[] => [
  `train.path.experiments_root=${out}`,
  `out=${path.join(out, 'quickstart')}`,
  `metadata.provenance=${path.join(out, 'provenance.jsonl')}`,
  'train.engine=wasm',
  'train.network_g.num_feat=4',
  'train.network_g.num_conv=1',
  'train.logger.print_freq=2',
  'batch.size=2',
  'shuffle.memory=64MiB',
  `train.train.total_iter=${iters}`,
  `train.train.scheduler.periods=[${iters}]`,
];

export const quickstart = path.join(root, 'pipelines', 'quickstart.yml');

export const shortPipeline = (out: string, iters: number, more: readonly string[] = []): Promise<Pipeline> =>
  loadPipeline(quickstart, { set: [...short(out, iters), ...more] });
