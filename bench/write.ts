import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { runPipeline } from '../src/pipeline/index.js';
import { type Bench, type BenchResult, median, round, seconds } from './bench.js';
import { photographs } from './inputs.js';
import { crops, pipelineFrom } from './pipelines.js';
import { type ChainResult, pythonOfChain, runChain } from './python-chain.js';
import { decodeOnly } from './stream.js';

/** How many times as fast as the Python chain; its files must not be smaller. */
const GOAL = 4;
/** Without Python: the chain took 39 times as long as decoding alone. A quarter of that: */
const DECODE_GOAL = 9.7;
const ROUNDS = 3;

interface Measured {
  readonly decode: number;
  readonly write: number;
  readonly files: number;
  readonly bytes: number;
  readonly chain?: ChainResult;
}

/** All in folders of their own below `work`: some file systems are slow to reuse what was just deleted. */
async function measure(work: string, log: (line: string) => void): Promise<Measured> {
  const folder = await photographs();
  const python = pythonOfChain();
  const decoding: number[] = [];
  const writing: number[] = [];
  let chain: ChainResult | undefined;
  let sizes: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const out = path.join(work, `sub-${i}`);
    const pipeline = await pipelineFrom(crops(folder, `{ write: { folder: ${JSON.stringify(out)} } }`));
    decoding.push(await decodeOnly(folder));
    writing.push(await seconds(() => runPipeline(pipeline).done));
    log(`round ${i + 1}: decode ${round(decoding[i])} s, write ${round(writing[i])} s`);
    const names = readdirSync(out).filter((name) => name.endsWith('.png'));
    sizes = names.map((name) => statSync(path.join(out, name)).size);
    if (i > 0 || !python) continue;
    const chainWork = path.join(work, 'chain');
    mkdirSync(chainWork);
    chain = await runChain(python, folder, chainWork);
    log(`Python chain: ${round(chain.multiscale_s)} s + ${round(chain.sub_s)} s`);
  }
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return { decode: median(decoding), write: median(writing), files: sizes.length, bytes, chain };
}

function result({ decode, write, files, bytes, chain }: Measured): BenchResult {
  const megabytes = (size: number): number => Math.round(size / 1e6);
  const took = chain && chain.multiscale_s + chain.sub_s;
  const faster = took && took / write;
  const compared =
    chain && took
      ? [
          [
            'Python chain (Pillow, OpenCV)',
            round(took),
            round(took / decode),
            chain.files,
            megabytes(chain.bytes),
          ],
        ]
      : [];
  return {
    name: 'write',
    what: `26 photographs of 2K to a sub-image folder (PNG at compression 3)${
      chain ? ', against the Python chain and against decoding them once' : ', against decoding them once'
    }`,
    columns: ['work', 'seconds (median)', 'times decoding', 'files', 'MB on disk'],
    rows: [
      ['decode once (sharp)', round(decode), 1, '', ''],
      ['multiscale, crop, encode, write', round(write), round(write / decode), files, megabytes(bytes)],
      ...compared,
    ],
    ratio: round(faster ?? write / decode),
    goal: chain
      ? `at least ${GOAL} times as fast as the Python chain, as many files, no more bytes`
      : `at most ${DECODE_GOAL} times as long as decoding, a quarter of what the Python chain takes`,
    ok:
      chain && faster
        ? faster >= GOAL && files === chain.files && bytes <= chain.bytes
        : write / decode <= DECODE_GOAL,
    figures: {
      decode_s: round(decode),
      write_s: round(write),
      files,
      megabytes: megabytes(bytes),
      ...(chain && took && { chain_s: round(took), chain_megabytes: megabytes(chain.bytes) }),
    },
  };
}

export const write: Bench = {
  name: 'write',
  async run(log): Promise<BenchResult> {
    const work = mkdtempSync(path.join(path.dirname(await photographs()), 'write-'));
    try {
      return result(await measure(work, log));
    } finally {
      rmSync(work, { recursive: true });
    }
  },
};
