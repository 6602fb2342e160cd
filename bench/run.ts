import { type Bench, type BenchResult, machine, table } from './bench.js';
import { dataShare } from './data-share.js';
import { degrade } from './degrade.js';
import { degradeMemory } from './degrade-memory.js';
import { degradePrimitives } from './degrade-primitives.js';
import { engines } from './engines.js';
import { livePage } from './live-page.js';
import { writeResults } from './markdown.js';
import { memory } from './memory.js';
import { playground } from './playground.js';
import { resample } from './resample.js';
import { restore } from './restore.js';
import { serve } from './serve.js';
import { shards } from './shards.js';
import { sources } from './sources.js';
import { stream } from './stream.js';
import { trainStep } from './train-step.js';
import { write } from './write.js';

const benches: readonly Bench[] = [
  stream,
  memory,
  write,
  resample,
  degrade,
  degradeMemory,
  degradePrimitives,
  trainStep,
  engines,
  dataShare,
  restore,
  serve,
  shards,
  sources,
  playground,
  livePage,
];

const args = process.argv.slice(2);
const json = args.includes('--json');
const names = args.filter((arg) => !arg.startsWith('--'));
const chosen = names.length === 0 ? benches : benches.filter((bench) => names.includes(bench.name));
const unknown = names.find((name) => !benches.some((bench) => bench.name === name));
if (unknown) {
  console.error(
    `there is no benchmark called ${unknown}; there are ${benches.map((bench) => bench.name).join(', ')}`,
  );
  process.exit(2);
}

const log = (line: string): void => console.error(`  ${line}`);
const results: BenchResult[] = [];
const writes = names.length === 0 || args.includes('--write');
for (const bench of chosen) {
  log(`${bench.name} ...`);
  const result = await bench.run(log);
  results.push(result);
  console.log(
    `\n${result.name}: ${result.what}\n\n${table(result.columns, result.rows)}\n\ngoal: ${result.goal}: ${result.ok ? 'met' : 'NOT met'} (${result.ratio})\n`,
  );
  const { name, ratio, goal, ok, figures } = result;
  if (json) console.log(JSON.stringify({ name, ratio, goal, ok, ...figures, machine: machine() }));
}
if (writes) {
  await writeResults(
    results,
    benches.map((bench) => bench.name),
  );
}
