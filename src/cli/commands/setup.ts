import { createInterface } from 'node:readline/promises';
import { setupTensorflow } from '../../engines/tensorflow/setup/index.js';
import { visible } from '../display/escape.js';
import { type Io, print } from '../io.js';

export interface SetupFlags {
  readonly python?: string;
  readonly yes?: boolean;
}

/** Makes the tensorflow engine present on this machine. */
export async function setup(flags: SetupFlags, io: Io): Promise<number> {
  const { tensorflow, gpu, how } = await setupTensorflow(flags, {
    log: (line) => print(io.stdout, [visible(line)]),
    confirm: async (question) => flags.yes === true || ask(question, io),
  });
  const came = how === 'download' ? 'was fetched by its package' : 'was compiled on this machine';
  print(io.stdout, [
    `The tensorflow engine is ready: TensorFlow ${visible(tensorflow)} on the ${gpu ? 'NVIDIA card' : 'processor'}; its addon ${came}.`,
    'Use it with engine: tensorflow. `esrgan doctor` measures it against the others.',
  ]);
  return 0;
}

async function ask(question: string, io: Io): Promise<boolean> {
  if (!process.stdin.isTTY || !io.stdout.isTTY) return false;
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await lines.question(`${visible(question)} [y/N] `);
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}
