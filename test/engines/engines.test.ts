import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import t from 'tap';
import { type EngineName, useEngine } from '../../src/engines/index.js';
import { tensorflow } from '../../src/engines/tensorflow/index.js';

t.test('choosing by name', async (t) => {
  const listeners = process.listenerCount('uncaughtException') + process.listenerCount('unhandledRejection');
  for (const name of ['wasm', 'cpu', 'wasm'] as const) {
    t.match(await useEngine(name), { name, reason: /\w/ });
    t.equal(tf.getBackend(), name);
    t.same([...tf.square([1, 2, 3]).dataSync()], [1, 4, 9]);
  }
  t.equal(
    process.listenerCount('uncaughtException') + process.listenerCount('unhandledRejection'),
    listeners,
    'the process keeps its own handling of errors',
  );
  await t.rejects(useEngine('webgl' as EngineName), {
    code: 'ENGINE_UNKNOWN',
    remedy: /auto, tensorflow, wasm/,
  });
});

t.test(
  'without the native addon',
  { skip: tensorflow.available().ok && 'it is installed here' },
  async (t) => {
    await t.rejects(useEngine('tensorflow'), {
      code: 'ENGINE_MISSING',
      message: /native addon of @tensorflow\/tfjs-node-gpu is not installed/,
      remedy: /npm rebuild/,
    });
    t.match(await useEngine('auto'), { name: 'wasm', reason: /not installed; WebAssembly/ });
  },
);

t.test('starting an engine prints nothing, and choosing modules load nothing heavy', async (t) => {
  const engines = new URL('../../src/engines/index.js', import.meta.url).href;
  const script = `
    import { createRequire } from 'node:module';
    const { useEngine } = await import(${JSON.stringify(engines)});
    const loaded = Object.keys(createRequire(import.meta.url).cache).filter((file) => file.includes('tensorflow'));
    if (loaded.length > 0) throw new Error(loaded.join());
    for (const name of ['auto', 'cpu', 'wasm']) await useEngine(name);
    await useEngine('tensorflow').catch(() => {});
  `;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '-e',
    script,
  ]);
  t.equal(stdout, '');
  t.equal(stderr, '');
});
