import { type Bench, type BenchResult, round } from './bench.js';
import { pairMaker } from './degrade-pairs.js';
import { photographs } from './inputs.js';

/** As many as are to leave no trace; the first few thousand fill what V8 and the system keep. */
const PAIRS = 20_000;
const PARTS = 10;
const GOAL_MIB = 32;

/** Memory of the process while one thread makes pairs, after each tenth of them. */
export const degradeMemory: Bench = {
  name: 'degrade-memory',
  async run(log): Promise<BenchResult> {
    const make = await pairMaker(await photographs(), 'realesrgan');
    const mib: number[] = [];
    for (let part = 0; part < PARTS; part++) {
      for (let i = 0; i < PAIRS / PARTS; i++) await make((part * PAIRS) / PARTS + i);
      mib.push(process.memoryUsage.rss() / 2 ** 20);
      log(`${((part + 1) * PAIRS) / PARTS} pairs: ${round(mib[part], 0)} MiB`);
    }
    // The first parts fill caches of tables and make V8 compile.
    const early = Math.max(...mib.slice(0, PARTS / 2));
    const late = Math.max(...mib.slice(PARTS / 2));
    return {
      name: 'degrade-memory',
      what: `resident memory while one thread makes ${PAIRS} pairs with realesrgan, one after the other`,
      columns: ['pairs', 'RSS, MiB'],
      rows: mib.map((value, part) => [((part + 1) * PAIRS) / PARTS, round(value, 0)]),
      ratio: round(late - early, 1),
      goal: `the most of the second half at most ${GOAL_MIB} MiB above the most of the first half`,
      ok: late - early <= GOAL_MIB,
      figures: { early_mib: round(early, 1), late_mib: round(late, 1), pairs: PAIRS },
    };
  },
};
