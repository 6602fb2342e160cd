import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import * as tf from '@tensorflow/tfjs-core';
import t from 'tap';
import { engines, useEngine } from '../../src/engines/index.js';
import { findAddon } from '../../src/engines/tensorflow/addon.js';
import { bindingPackage } from '../../src/engines/tensorflow/package.js';
import { tryAddon } from '../../src/engines/tensorflow/setup/trial.js';
import { root } from '../root.js';

const available = engines.find(({ name }) => name === 'tensorflow')!.available();
const skip = !available.ok && `not run: ${available.reason}`;

t.test('the addon of this machine', { skip }, async (t) => {
  const binding = bindingPackage()!;
  const trial = await tryAddon(findAddon(binding)!.file, binding);
  if (typeof trial === 'string') return void t.fail(trial);
  t.match(trial, { tensorflow: /^2\.\d+/, gpu: Boolean });
  const choice = await useEngine('tensorflow');
  t.match(choice, {
    name: 'tensorflow',
    execution: trial.gpu ? 'cuda' : 'cpu',
    reason: `TensorFlow ${trial.tensorflow}`,
  });
  t.equal(tf.getBackend(), 'tensorflow');
  if (!trial.gpu)
    await t.rejects(useEngine('tensorflow', 'cuda'), {
      code: 'ENGINE_MISSING',
      message: /finds no NVIDIA graphics card/,
      remedy: /nvidia-smi/,
    });
});

t.test("our gradients stay, though its package brings tfjs' own along", { skip }, async (t) => {
  await useEngine('wasm');
  const ours = tf.getGradient('LeakyRelu');
  await useEngine('tensorflow');
  t.equal(tf.getGradient('LeakyRelu'), ours);
});

t.test('in another thread, where training runs', { skip }, async (t) => {
  const module = new URL('../../src/engines/index.js', import.meta.url).href;
  const core = import.meta.resolve('@tensorflow/tfjs-core');
  const script = `
    const { parentPort } = require('node:worker_threads');
    (async () => {
      const { useEngine } = await import(${JSON.stringify(module)});
      const { name } = await useEngine('tensorflow');
      const tf = await import(${JSON.stringify(core)});
      parentPort.postMessage([name, ...(await tf.square([1, 2, 3]).data())]);
    })();
  `;
  const worker = new Worker(script, { eval: true });
  const [message, code] = await Promise.all([
    new Promise((resolve) => worker.once('message', resolve)),
    new Promise((resolve) => worker.once('exit', resolve)),
  ]);
  t.same(message, ['tensorflow', 1, 4, 9]);
  t.equal(code, 0);
});

t.test('a training that fails before its first step ends as any other error does', { skip }, (t) => {
  const bin = fileURLToPath(new URL('../../src/cli/bin.js', import.meta.url));
  const options = path.join(root, 'options', 'train_realesrnet_small.yml');
  const changes = ['engine=tensorflow', 'path:pretrain_network_g=missing.pth', 'val=~'];
  const argv = [bin, 'train', '-opt', options, '--force_yml', ...changes];
  const roots = [`datasets:train:dataroot_gt=${path.join(root, 'datasets', 'sample')}`, 'name=e'];
  const { status, signal, stderr } = spawnSync(process.execPath, [...argv, ...roots], {
    cwd: t.testdir(),
    encoding: 'utf8',
  });
  t.same([status, signal], [2, null]);
  t.match(stderr, /missing\.pth cannot be read/);
  t.end();
});
