import { loadavg } from 'node:os';
import { engines as all } from '../src/engines/index.js';
import { type Bench, type BenchResult, median, round } from './bench.js';
import { type EngineCase, engine, pythonWithTorch, pytorch, type Side } from './engine-side.js';

/** At most so much of PyTorch's time in the originals' layout (NCHW), and in channels_last where that is asked. */
interface Goal {
  readonly nchw: number;
  readonly channelsLast?: number;
}

interface Case extends EngineCase {
  readonly goal: Goal;
  /** Steps take seconds: fewer of them, unless --full is given. */
  readonly large?: boolean;
}

const rrdb = (num_block: number) => ({ type: 'RRDBNet', num_block });
const compact = { type: 'SRVGGNetCompact', num_feat: 64, num_conv: 16 };
const step = { inference: false };
const cases: readonly Case[] = [
  {
    ...{ title: 'RRDBNet 4 blocks, 4 of 32x32', network_g: rrdb(4), batch: 4, edge: 32, ...step },
    goal: { nchw: 0.65, channelsLast: 0.8 },
  },
  {
    ...{ title: 'SRVGGNetCompact 64/16, 4 of 48x48', network_g: compact, batch: 4, edge: 48, ...step },
    goal: { nchw: 0.8 },
  },
  {
    ...{ title: 'RRDBNet 23 blocks, 1 of 64x64', network_g: rrdb(23), batch: 1, edge: 64, ...step },
    goal: { nchw: 1 },
    large: true,
  },
  {
    title: 'RRDBNet 23 blocks enlarges 256x256',
    ...{ network_g: rrdb(23), batch: 1, edge: 256, inference: true },
    goal: { nchw: 0.6 },
    large: true,
  },
];

const MEMORY_GOAL = 1.3;
const full = process.argv.includes('--full');
/** `--case=1` measures the first one alone. */
const only = process.argv.find((arg) => arg.startsWith('--case='))?.slice('--case='.length);
const counts = ({ large }: Case) => {
  if (!large) return { warmUp: 5, steps: 30 };
  return full ? { warmUp: 5, steps: 10 } : { warmUp: 2, steps: 5 };
};

interface Measured {
  readonly title: string;
  readonly ms: number;
  readonly first: number;
  readonly mib: number;
}

/** All sides of a case wait side by side and take their steps in turn, so that a busy machine is busy for all. */
async function measure(work: Case, python: string | undefined): Promise<Measured[]> {
  const { warmUp, steps } = counts(work);
  const native = all.filter((e) => ['onnxruntime', 'tensorflow'].includes(e.name) && e.available().ok);
  const names = native.length > 0 ? native.map(({ name }) => name) : (['wasm'] as const);
  const sides: Side[] = [
    ...names.map((name) => engine(name, work, warmUp + steps)),
    ...(python ? [false, true].map((channelsLast) => pytorch(python, work, channelsLast)) : []),
  ];
  const times = sides.map((): number[] => []);
  for (let i = 0; i < warmUp + steps; i++)
    for (const [k, side] of sides.entries()) times[k]!.push(await side.step());
  const results: Measured[] = [];
  for (const [k, side] of sides.entries()) {
    const { peak_rss } = await side.finish();
    const ms = median(times[k]!.slice(warmUp));
    results.push({ title: side.title, ms, first: times[k]![0]!, mib: peak_rss / 2 ** 20 });
  }
  return results;
}

export const engines: Bench = {
  name: 'engines',
  async run(log): Promise<BenchResult> {
    const python = pythonWithTorch();
    if (!python) log('no Python with torch (python3, or ESRGAN_PYTHON): the engines are measured alone');
    const rows: (string | number)[][] = [];
    const figures: Record<string, number> = {};
    if (only !== undefined && !cases[Number(only) - 1])
      throw new Error(`--case is a number from 1 to ${cases.length}, not ${only}`);
    // Nothing is met that was not compared.
    let ok = python !== undefined;
    for (const [i, work] of cases.entries()) {
      if (only !== undefined && Number(only) !== i + 1) continue;
      const results = await measure(work, python);
      const peer = results.find(({ title }) => title === 'PyTorch');
      const last = results.find(({ title }) => title.endsWith('channels_last'));
      for (const { title, ms, first, mib } of results) {
        const by = (other?: Measured): number | string => (other ? round(ms / other.ms) : '');
        rows.push([work.title, title, round(ms, 0), by(peer), by(last), round(first, 0), Math.round(mib)]);
        figures[`${i + 1}_${title.replaceAll(/\W+/g, '_')}_ms`] = round(ms, 1);
      }
      const [ours] = results;
      const within =
        !peer ||
        (ours!.ms <= work.goal.nchw * peer.ms &&
          ours!.ms <= (work.goal.channelsLast ?? Infinity) * last!.ms &&
          ours!.mib <= MEMORY_GOAL * peer.mib);
      ok &&= within;
      log(`${work.title}: ${results.map(({ title, ms }) => `${title} ${round(ms, 0)} ms`).join(', ')}`);
    }
    const ratio = Number(rows[0]![3]) || 0;
    const goals = cases.map(({ title, goal: { nchw, channelsLast } }) =>
      [`${title} ${nchw}`, ...(channelsLast ? [`(${channelsLast} of channels_last)`] : [])].join(' '),
    );
    return {
      name: 'engines',
      what: `training steps and inference in our engines and in PyTorch on the CPU, medians of 30 after 5 that warm up, of large networks ${full ? '10 after 5' : '5 after 2 (10 after 5 with --full)'}; all sides in turn, each in its own process; load ${loadavg()[0]!.toFixed(1)}`,
      columns: ['work', 'side', 'ms', 'of PyTorch', 'of channels_last', 'first, ms', 'peak MiB'],
      rows,
      ratio,
      goal: `the first engine's time in PyTorch's at most: ${goals.join('; ')}; memory at most ${MEMORY_GOAL}`,
      ok,
      figures,
    };
  },
};
