import { createHash } from 'node:crypto';
import type { Pipeline } from '../config/pipeline-file.js';
import { samplesPerEpoch } from '../plan/epochs.js';
import type { Visit } from '../plan/types.js';
import { type Layout, type UnitTarget, unitSize } from '../stages/write/units/layout.js';
import { memoryPlan } from './memory.js';

/** The sink of a pipeline, where it writes pictures. */
export function unitTarget({ sink }: Pipeline): UnitTarget | undefined {
  return sink.kind === 'write' || sink.kind === 'webdataset' || sink.kind === 'pairs' ? sink : undefined;
}

/** Epochs of a run; without an end when training. */
export function epochsOf({ epochs, sink }: Pipeline): number | undefined {
  if (sink.kind === 'train') return epochs;
  const own = sink.kind === 'webdataset' || sink.kind === 'pairs' ? sink.options.epochs : undefined;
  return own ?? epochs ?? 1;
}

export interface UnitPlan {
  readonly layout: Layout;
  /** What decides about names and bytes, in words for a user to compare. */
  readonly settings: unknown;
}

/** How the samples of a run are divided into units; from headers alone. */
export function unitPlan(pipeline: Pipeline, target: UnitTarget, visits: readonly Visit[]): UnitPlan {
  const { scale, stages } = pipeline;
  const size = unitSize(target, visits, { scale, gt_size: stages.batch?.gt_size });
  const total = samplesPerEpoch(visits) * (epochsOf(pipeline) ?? 1);
  const settings = settingsOf(pipeline, target, visits);
  const digest = sha256(JSON.stringify({ settings, size, total }));
  return { layout: { size, total, units: Math.ceil(total / size), digest }, settings };
}

function settingsOf(pipeline: Pipeline, target: UnitTarget, visits: readonly Visit[]): unknown {
  const { seed, scale, source, stages } = pipeline;
  const { multiscale, crop, shuffle, metadata, degrade, batch } = stages;
  const { max_failures: _, ...degradation } = degrade ?? {};
  const { ahead: __, ...patch } = batch ?? {};
  const photographs = visits.map(({ source: { id, width, height, channels, lq } }) => [
    ...[id, width, height, channels],
    ...(lq ? [lq.width, lq.height] : []),
  ]);
  return {
    ...{ seed, scale, epochs: epochsOf(pipeline), background: source.background, multiscale, crop },
    ...(shuffle && { shuffle: { memory: memoryPlan(pipeline).shuffle } }),
    ...(degrade && { degrade: degradation }),
    ...(batch && { batch: patch }),
    write: { kind: target.kind, ...withoutPlace(target) },
    lists: { provenance: !!metadata?.provenance, meta_info: !!metadata?.meta_info },
    photographs: { number: visits.length, list: sha256(JSON.stringify(photographs)).slice(0, 16) },
  };
}

function withoutPlace({ kind, options }: UnitTarget): object {
  if (kind === 'write') return { format: options.format, compression_level: options.compression_level };
  if (kind === 'pairs') return { encode: options.encode, compression_level: options.compression_level };
  const { webdataset: _, epochs: __, ...rest } = options;
  return rest;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
