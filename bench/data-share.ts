import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { runPipeline } from '../src/pipeline/index.js';
import { type Bench, type BenchResult, median, round } from './bench.js';
import { photographs } from './inputs.js';
import { pipelineFrom } from './pipelines.js';

const GOAL = 0.02;
/** Steps that fill the stream and compile the step. */
const WARM_UP = 5;
const STEPS = 20;

interface Step {
  readonly time: number;
  readonly timeData: number;
}

/** Trains on crops of photographs, degraded as for Real-ESRNet, and times each step. */
async function trainOn(folder: string, experiments: string): Promise<Step[]> {
  const pipeline = await pipelineFrom(`
name: data-share
source: { images: ${JSON.stringify(folder)} }
stages:
  - multiscale:
  - crop: { size: 400, step: 200 }
  - shuffle:
  - degrade: { preset: realesrnet }
  - batch: { size: 4, gt_size: 128 }
sink:
  train:
    name: data-share
    engine: onnxruntime
    path: { experiments_root: ${JSON.stringify(experiments)} }
    network_g: { type: RRDBNet, num_block: 4 }
    train: { total_iter: ${WARM_UP + STEPS}, pixel_opt: { type: L1Loss } }
    logger: { print_freq: 1 }
`);
  const run = runPipeline(pipeline);
  const steps: Step[] = [];
  run.events.subscribe((event) => {
    if (event.type === 'iter') steps.push(event);
  });
  await run.done;
  return steps.slice(WARM_UP);
}

export const dataShare: Bench = {
  name: 'data-share',
  async run(): Promise<BenchResult> {
    const experiments = mkdtempSync(path.join(tmpdir(), 'esrgan-bench-'));
    try {
      const steps = await trainOn(await photographs(), experiments);
      const sum = (key: keyof Step): number => steps.reduce((total, step) => total + step[key], 0);
      const [time, timeData] = [sum('time'), sum('timeData')];
      const ratio = timeData / time;
      const ms = (seconds: number): number => round(seconds * 1000, 1);
      const each = steps.map((step) => step.timeData);
      return {
        name: 'data-share',
        what: `${STEPS} steps of RRDBNet 4 blocks, 4 of 32x32, on photographs of 2040 pixels degraded as for Real-ESRNet meanwhile; load ${loadavg()[0]!.toFixed(1)}`,
        columns: ['what', 'ms a step'],
        rows: [
          ['step', ms(time / steps.length)],
          ['wait for data, mean', ms(timeData / steps.length)],
          ['wait for data, median', ms(median(each))],
          ['wait for data, longest', ms(Math.max(...each))],
        ],
        ratio: round(ratio, 4),
        goal: `the share of the time in which the step waits for data below ${GOAL}`,
        ok: ratio < GOAL,
        figures: { step_ms: ms(time / steps.length), data_ms: ms(timeData / steps.length) },
      };
    } finally {
      rmSync(experiments, { recursive: true, force: true });
    }
  },
};
