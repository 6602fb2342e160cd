import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { runInThread } from '../src/cli/run-in-thread.js';
import { PAIRS_EVERY_MS } from '../src/cli/ui-flags.js';
import { loadPipeline } from '../src/config/load-pipeline.js';
import { packageRoot } from '../src/config/package-root.js';
import { openLive } from '../src/ui/live/index.js';
import { type Bench, median, round } from './bench.js';

const GOAL = 1.01;
const ROUNDS = 5;
const FIRST = 200;
const STEPS = 1200;

interface Took {
  /** Milliseconds a step, and of processor time of the whole process. */
  readonly wall: number;
  readonly cpu: number;
  /** Share of its time that the thread of the terminal and of the page was busy. */
  readonly busy: number;
}

/** What it costs a training to be watched: by one page that reads the events and the pictures of the pairs. */
export const livePage: Bench = {
  name: 'live-page',
  async run(log) {
    process.chdir(packageRoot);
    const plain: Took[] = [];
    const watched: Took[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      // The order changes, so that what the machine does beside it hits both.
      for (const page of round % 2 === 0 ? [false, true] : [true, false]) {
        const took = await train(page);
        (page ? watched : plain).push(took);
        log(
          `${page ? 'with' : 'without'} the page: ${took.wall.toFixed(3)} ms a step, ${took.cpu.toFixed(3)} of processor time`,
        );
      }
    }
    const of = (all: readonly Took[], what: keyof Took): number => median(all.map((took) => took[what]));
    // Of two runs that follow one another: a machine that is busy otherwise slows down both.
    const against = (what: keyof Took): number =>
      round(median(watched.map((took, i) => took[what] / plain[i]![what])), 4);
    const ratio = against('wall');
    const cpuRatio = against('cpu');
    return {
      name: 'live-page',
      what: `pipelines/quickstart.yml, ${STEPS - FIRST} steps, without and with --ui and a page that reads everything; medians of ${ROUNDS}, taken by turns`,
      columns: ['', 'ms a step', 'processor ms a step', 'page’s thread busy, %'],
      rows: [
        [
          'without --ui',
          round(of(plain, 'wall'), 3),
          round(of(plain, 'cpu'), 3),
          round(100 * of(plain, 'busy')),
        ],
        [
          'with --ui and a page',
          round(of(watched, 'wall'), 3),
          round(of(watched, 'cpu'), 3),
          round(100 * of(watched, 'busy')),
        ],
        ['ratio, median of pairs', ratio, cpuRatio, ''],
      ],
      ratio,
      goal: `at most ${GOAL} times the time of a step`,
      ok: ratio <= GOAL,
      figures: { ratio, cpuRatio, busy: round(of(watched, 'busy'), 4) },
    };
  },
};

async function train(page: boolean): Promise<Took> {
  const out = mkdtempSync(path.join(os.tmpdir(), 'esrgan-bench-'));
  const pipeline = await loadPipeline(path.join(packageRoot, 'pipelines', 'quickstart.yml'), {
    set: [
      ...[`train.path.experiments_root=${out}`, `out=${out}/out`, `metadata.provenance=${out}/p.jsonl`],
      ...[`train.train.total_iter=${STEPS}`, `train.train.scheduler.periods=[${STEPS}]`],
      ...['train.logger.print_freq=20', 'train.val.val_freq=100000'],
    ],
  });
  const live = page ? await openLive(pipeline, { port: 0 }) : undefined;
  const run = runInThread(pipeline, {
    signal: new AbortController().signal,
    pairsEveryMs: live && PAIRS_EVERY_MS,
  });
  live?.follow(run);
  const reading = live && read(live.url);
  const at: { wall: number; cpu: number; busy: number }[] = [];
  run.events.subscribe((event) => {
    if (event.type !== 'iter' || (event.iter !== FIRST && event.iter !== STEPS)) return;
    const { user, system } = process.cpuUsage();
    const busy = performance.eventLoopUtilization().active;
    at.push({ wall: performance.now(), cpu: (user + system) / 1000, busy });
  });
  const summary = await run.done;
  await live?.close(summary);
  await reading;
  const [begun, ended] = at;
  const steps = STEPS - FIRST;
  const wall = ended!.wall - begun!.wall;
  return {
    wall: wall / steps,
    cpu: (ended!.cpu - begun!.cpu) / steps,
    busy: (ended!.busy - begun!.busy) / wall,
  };
}

/** Reads as a page does: all events, and both pictures of every pair. */
async function read(url: string): Promise<void> {
  const response = await fetch(new URL('/api/events', url));
  let text = '';
  for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += Buffer.from(part).toString();
    const whole = text.lastIndexOf('\n\n') + 2;
    for (const [, id] of text.slice(0, whole).matchAll(/"type":"pair","pair":\{"id":(\d+)/g))
      for (const which of ['gt', 'lq'])
        await fetch(new URL(`/api/pairs/${id}/${which}.png`, url))
          .then((picture) => picture.arrayBuffer())
          .catch(() => undefined);
    text = text.slice(whole);
  }
}
