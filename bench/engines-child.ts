import { createInterface } from 'node:readline';
import * as tf from '@tensorflow/tfjs-core';
import { peakRss, timeSteps } from '../src/doctor/step-time.js';
import { useEngine } from '../src/engines/index.js';
import type { EngineName } from '../src/engines/names.js';
import { createNetwork, NetworkOptions } from '../src/networks/index.js';
import type { EngineCase } from './engine-side.js';

const work = JSON.parse(process.argv[2]!) as EngineCase & { engine: EngineName; steps: number };
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (message: object): boolean => process.stdout.write(`${JSON.stringify(message)}\n`);

/** A step for each line on stdin, in the training loop itself. */
async function training(): Promise<void> {
  const { engine, network_g, batch, edge, steps } = work;
  const { peak_rss } = await timeSteps({
    ...{ engine, execution: 'auto', network_g, batch, edge, scale: 4, warmUp: 0, steps },
    turn: async () => void (await lines.next()),
    onStep: (ms) => say({ ms }),
  });
  say({ peak_rss });
}

async function inference(): Promise<void> {
  await useEngine(work.engine);
  const network = createNetwork(NetworkOptions.parse(work.network_g), 'bench');
  const lq = tf.randomUniform<tf.Rank.R4>([work.batch, work.edge, work.edge, 3], 0, 1, 'float32', 1);
  for (let { done } = await lines.next(); !done; { done } = await lines.next()) {
    const begin = performance.now();
    const sr = network.forward(lq);
    await sr.data();
    sr.dispose();
    say({ ms: performance.now() - begin });
  }
  say({ peak_rss: peakRss() });
}

await (work.inference ? inference() : training());
process.exit(0);
