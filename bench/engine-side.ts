import { execFileSync, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../src/config/package-root.js';
import type { EngineName } from '../src/engines/names.js';

/** Work that every side does in the same way. */
export interface EngineCase {
  readonly title: string;
  readonly network_g: { readonly type: string; readonly [option: string]: unknown };
  readonly batch: number;
  readonly edge: number;
  readonly inference: boolean;
}

/** One program that does it: a process that waits, takes a step when told to, and says how long that took. */
export interface Side {
  readonly title: string;
  step(): Promise<number>;
  /** Ends it. Bytes. */
  finish(): Promise<{ readonly peak_rss: number }>;
}

/** A Python that has PyTorch; undefined where there is none. */
export function pythonWithTorch(): string | undefined {
  const candidates = process.env.ESRGAN_PYTHON ? [process.env.ESRGAN_PYTHON] : ['python3'];
  return candidates.find((python) => {
    try {
      execFileSync(python, ['-c', 'import torch'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
}

export function pytorch(python: string, work: EngineCase, channels_last: boolean): Side {
  const script = path.join(packageRoot, 'bench', 'pytorch_step.py');
  const title = channels_last ? 'PyTorch, channels_last' : 'PyTorch';
  return sideOf(title, python, [script, JSON.stringify({ ...work, channels_last })]);
}

export function engine(name: EngineName, work: EngineCase, steps: number): Side {
  const script = fileURLToPath(new URL('./engines-child.js', import.meta.url));
  return sideOf(name, process.execPath, [script, JSON.stringify({ ...work, engine: name, steps })]);
}

function sideOf(title: string, program: string, args: readonly string[]): Side {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let notes = '';
  child.stderr.on('data', (chunk) => {
    notes += chunk;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<Record<string, number>> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${title} ended early: ${notes.trim().split('\n').slice(-5).join('\n')}`);
    return JSON.parse(value) as Record<string, number>;
  };
  return {
    title,
    async step() {
      child.stdin.write('\n');
      return (await answer()).ms!;
    },
    async finish() {
      child.stdin.end();
      const { peak_rss } = await answer();
      return { peak_rss: peak_rss! };
    },
  };
}
