import { readBatches } from '../src/pipeline/index.js';
import { servedPipeline, stopwatch } from './serve-pipeline.js';

const rate = stopwatch();
let pairs = 0;
for await (const { size } of readBatches(await servedPipeline(process.argv[2]))) {
  pairs += size;
  const perSecond = rate(pairs);
  if (perSecond === undefined) continue;
  process.stdout.write(`${perSecond}\n`);
  break;
}
