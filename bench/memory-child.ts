import { readFileSync } from 'node:fs';
import { runPipeline } from '../src/pipeline/index.js';
import { memoryPlan } from '../src/pipeline/memory.js';
import { pipelineFrom } from './pipelines.js';

const { images, sleepMs, stall } = JSON.parse(process.argv[2]) as {
  images: string[];
  sleepMs: number;
  stall: boolean;
};
const pipeline = await pipelineFrom(`
name: memory
memory: 512MiB
source: { images: ${JSON.stringify(images)} }
stages:
  - multiscale:
  - crop: { size: 400, step: 400 }
  - shuffle:
  - degrade: { preset: bicubic }
  - batch: { size: 12, gt_size: 128 }
sink: { discard: { sleep_ms: ${sleepMs}, stall_ms: ${stall ? 20_000 : 0} } }
`);
const start = performance.now();
const summary = await runPipeline(pipeline).done;
process.stdout.write(
  JSON.stringify({
    peakMiB: peakMiB(),
    budgetMiB: memoryPlan(pipeline).total / 2 ** 20,
    pairs: summary.crops,
    seconds: (performance.now() - start) / 1000,
  }),
);

/** Of this program alone: what getrusage reports is that of the parent where it was larger. */
function peakMiB(): number {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) as RegExpExecArray;
  return Number(kib) / 1024;
}
