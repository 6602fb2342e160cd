import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { EngineReport, Measured } from './types.js';

/** What the child is asked, as JSON in its argument. */
export interface Question {
  readonly engine: EngineReport['engine'];
  readonly execution: NonNullable<EngineReport['execution']>;
  /** Only whether it starts. */
  readonly quick: boolean;
}

/** What the child says, as JSON in the last line of its output. */
export type Answer =
  | { readonly reason: string; readonly measured?: Measured }
  | { readonly failure: string; readonly remedy?: string };

const SECONDS = 180;

/**
 * Starts and measures an engine in a process of its own: a driver that does not fit may take the process with it,
 * and nothing that one engine loads shall slow the next.
 */
export async function measure(question: Question): Promise<EngineReport> {
  const { engine, execution } = question;
  const answer = await ask(question);
  return 'failure' in answer
    ? { engine, execution, found: false, reason: answer.failure, remedy: answer.remedy }
    : { engine, execution, found: true, ...answer };
}

function ask(question: Question): Promise<Answer> {
  const script = fileURLToPath(new URL('./measure-child.js', import.meta.url));
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, JSON.stringify(question)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: SECONDS * 1000,
      killSignal: 'SIGKILL',
    });
    let [out, notes] = ['', ''];
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (notes += chunk));
    child.on('error', (error) => resolve({ failure: error.message }));
    child.on('close', (code, signal) => {
      const line = out
        .split('\n')
        .filter((text) => text.startsWith('{'))
        .at(-1);
      resolve(line === undefined ? died(code, signal, notes) : (JSON.parse(line) as Answer));
    });
  });
}

function died(code: number | null, signal: string | null, notes: string): Answer {
  const how =
    signal === 'SIGKILL'
      ? `was not done after ${SECONDS} s`
      : `ended its process (${signal ?? `code ${code}`})`;
  const last = notes.trim().split('\n').at(-1);
  return { failure: `it ${how}${last ? `: ${last}` : ''}` };
}
