import type { Pipeline } from '../config/pipeline-file.js';
import type { PlanSummary } from '../events.js';
import { sampleMaker, samplesPerEpoch } from '../plan/epochs.js';
import { mixture } from '../plan/mixture.js';
import type { Visit } from '../plan/types.js';
import { shuffledOrder } from '../stages/shuffle/shuffle.js';
import { memoryPlan } from './memory.js';

/** Bytes of PNG per byte of pixels, as measured for the crops and the copies of 26 photographs of 2K. */
const PNG_SHARE = { crops: 0.31, copies: 0.39 };

/** What will happen, from headers alone. */
export function summarise(pipeline: Pipeline, visits: readonly Visit[], skipped: number): PlanSummary {
  const scales = new Map<string, { tag: string; images: number; crops: number }>();
  let copyBytes = 0;
  let cropBytes = 0;
  for (const { source, scales: sizes, windows } of visits) {
    for (const { tag, width, height } of sizes) {
      const entry = scales.get(tag) ?? { tag, images: 0, crops: 0 };
      entry.images++;
      scales.set(tag, entry);
      if (tag !== 'HR') copyBytes += width * height * source.channels;
    }
    for (const window of windows) {
      (scales.get(window.scale.tag) as { crops: number }).crops++;
      cropBytes += window.width * window.height * source.channels;
    }
  }
  const crops = samplesPerEpoch(visits);
  const { batch, shuffle } = pipeline.stages;
  const order = shuffledOrder(pipeline.seed, memoryPlan(pipeline).shuffle);
  return {
    name: pipeline.name,
    files: visits.length + skipped,
    images: visits.length,
    skipped,
    scales: [...scales.values()],
    crops,
    ...(batch && { batchSize: batch.size, batchesPerEpoch: Math.ceil(crops / batch.size) }),
    memoryBudget: memoryPlan(pipeline).total,
    preCropBytes: Math.round(cropBytes * PNG_SHARE.crops + copyBytes * PNG_SHARE.copies),
    ...(shuffle &&
      batch &&
      crops > 0 && {
        shuffle: mixture(
          order(visits, 0, sampleMaker(pipeline.seed, 0), 0),
          batch.size,
          visits.map((visit) => visit.count),
        ),
      }),
  };
}
