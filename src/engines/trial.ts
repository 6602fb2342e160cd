import * as tf from '@tensorflow/tfjs-core';
import { EsrganError } from '../errors.js';
import type { Started } from './types.js';

const remedies: Partial<Record<Started['execution'], string>> = {
  webgpu:
    "Install the graphics card's driver (on Linux also libvulkan1, and check with vulkaninfo), or use execution: cpu.",
};

/**
 * Lets an engine that was started compute one small thing: some find out only then that there is no card.
 *
 * @throws EsrganError `ENGINE_MISSING`
 */
export async function tryEngine(name: string, { execution }: Started): Promise<void> {
  const x = tf.tensor1d([1, 2, 3]);
  const y = tf.square(x);
  try {
    const [, four] = await y.data();
    if (four !== 4) throw new Error(`the square of 2 is ${four}`);
  } catch (cause) {
    throw new EsrganError(
      'ENGINE_MISSING',
      `The ${name} engine does not compute on ${execution}: ${why(cause)}.`,
      {
        remedy:
          remedies[execution] ?? 'Choose another engine or execution; `esrgan doctor` shows what there is.',
        cause,
      },
    );
  } finally {
    tf.dispose([x, y]);
  }
}

/** onnxruntime puts the place in its sources and the condition that failed before what it has to say. */
function why(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const [line = ''] = (message.split(' was false. ').at(-1) ?? '').split('\n');
  return line.trim().replace(/\.$/, '');
}
