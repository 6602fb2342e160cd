import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import t, { type Test } from 'tap';
import { candidates } from '../../src/engines/choose.js';
import { type EngineName, type ExecutionName, engines, useEngine } from '../../src/engines/index.js';
import { machineKey } from '../../src/engines/machine.js';
import { readMeasurements, writeMeasurements } from '../../src/engines/measurements.js';
import { addonFile, compiledFolder, findAddon, manifestFile } from '../../src/engines/tensorflow/addon.js';
import { bindingPackage } from '../../src/engines/tensorflow/package.js';
import type { Engine } from '../../src/engines/types.js';

const run = promisify(execFile);

/** Where nothing was measured and nothing compiled. */
function emptyCache(t: Test): string {
  const before = process.env.ESRGAN_CACHE;
  const folder = t.testdir();
  process.env.ESRGAN_CACHE = folder;
  t.teardown(() => {
    if (before === undefined) delete process.env.ESRGAN_CACHE;
    else process.env.ESRGAN_CACHE = before;
  });
  return folder;
}

t.test('choosing by name', async (t) => {
  const listeners = process.listenerCount('uncaughtException') + process.listenerCount('unhandledRejection');
  for (const name of ['wasm', 'cpu', 'wasm'] as const) {
    t.match(await useEngine(name), { name, execution: 'cpu', reason: /^on cpu; \w/ });
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
    remedy: /auto, onnxruntime, tensorflow, wasm/,
  });
  await t.rejects(useEngine('wasm', 'cuda'), { code: 'EXECUTION_UNKNOWN', remedy: /auto, cpu/ });
  await t.rejects(useEngine('auto', 'tpu' as ExecutionName), { code: 'EXECUTION_UNKNOWN', remedy: /webgpu/ });
});

t.test('what was asked for by name and is not there is an error', async (t) => {
  emptyCache(t);
  const tensorflow = engines.find(({ name }) => name === 'tensorflow')!;
  if (tensorflow.available().ok) return void t.pass('its package fetched an addon here');
  await t.rejects(useEngine('tensorflow'), {
    code: 'ENGINE_MISSING',
    message: /native addon of @tensorflow\/tfjs-node-gpu is not installed/,
    remedy: /esrgan setup tensorflow/,
  });
});

t.test('a graphics card that is not there is told at once, and another execution may follow', async (t) => {
  // No Vulkan driver is found under that name; where graphics cards are reached in other ways, one may be.
  const env = { ...process.env, VK_ICD_FILENAMES: '/nowhere.json', VK_DRIVER_FILES: '/nowhere.json' };
  const module = new URL('../../src/engines/index.js', import.meta.url).href;
  const script = `
    const { useEngine } = await import(${JSON.stringify(module)});
    const found = await useEngine('onnxruntime', 'webgpu').catch(({ code, message, remedy }) => ({ code, message, remedy }));
    const after = await useEngine('onnxruntime', 'cpu');
    console.log(JSON.stringify({ found, after }));
    process.exit(0);
  `;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { env });
  const { found, after } = JSON.parse(stdout) as { found: { code?: string }; after: object };
  if (found.code === undefined) t.match(found, { execution: 'webgpu' });
  else
    t.match(found, {
      code: 'ENGINE_MISSING',
      message: /cannot compute on webgpu here: \w/,
      remedy: /driver/,
    });
  t.match(after, { name: 'onnxruntime', execution: 'cpu' });
});

t.test('auto', async (t) => {
  emptyCache(t);
  t.match(await useEngine('auto'), {
    name: 'onnxruntime',
    execution: 'cpu',
    reason: /comes with this package/,
  });
  t.equal(tf.getBackend(), 'onnxruntime');
  writeMeasurements([
    { engine: 'onnxruntime', execution: 'cpu', step_ms: 200 },
    { engine: 'wasm', execution: 'cpu', step_ms: 50 },
  ]);
  t.match(await useEngine('auto'), {
    name: 'wasm',
    reason:
      /^on cpu; measured by esrgan doctor: 50 ms for a small training step \(onnxruntime on cpu 200 ms\)/,
  });
});

t.test('the order in which auto tries', (t) => {
  const fake = (name: Engine['name'], executions: Engine['executions']): Engine => ({
    name,
    executions,
    available: () => ({ ok: true, reason: '' }),
    start: async () => ({ execution: 'cpu' }),
  });
  const all = [
    fake('cpu', ['cpu']),
    fake('wasm', ['cpu']),
    fake('tensorflow', ['cpu', 'cuda']),
    fake('onnxruntime', ['cpu', 'webgpu']),
  ];
  const order = (...args: [Parameters<typeof candidates>[1], ExecutionName]): string[] =>
    candidates(all, ...args).map(({ engine, execution }) => `${engine.name}/${execution}`);
  t.same(order([], 'auto'), ['onnxruntime/auto', 'tensorflow/auto', 'wasm/auto'], 'never plain JavaScript');
  t.same(order([], 'cuda'), ['tensorflow/cuda']);
  const measured = [
    { engine: 'onnxruntime', execution: 'webgpu', step_ms: 10 },
    { engine: 'wasm', execution: 'cpu', step_ms: 20 },
    { engine: 'onnxruntime', execution: 'cpu', step_ms: 30 },
  ] as const;
  t.same(order(measured, 'auto'), ['onnxruntime/webgpu', 'wasm/cpu', 'onnxruntime/cpu', 'tensorflow/auto']);
  t.same(order(measured, 'cpu'), ['wasm/cpu', 'onnxruntime/cpu', 'tensorflow/cpu']);
  t.end();
});

t.test('measurements count for this machine and these versions only', (t) => {
  const folder = emptyCache(t);
  t.same(readMeasurements(), []);
  const measured = [
    { engine: 'wasm', execution: 'cpu', step_ms: 20 },
    { engine: 'onnxruntime', execution: 'webgpu', step_ms: 10 },
  ] as const;
  const file = writeMeasurements(measured);
  t.equal(file, path.join(folder, 'engines.json'));
  t.same(readMeasurements(), [measured[1], measured[0]], 'fastest first');
  t.match(machineKey(), /node v\d+.*onnxruntime-node \d.*tfjs-core 4/);
  const content = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...content, machine: `${machineKey()} of yesterday` }));
  t.same(readMeasurements(), []);
  for (const damaged of ['', '{', 'null', '[]', '{"measured":7}']) {
    writeFileSync(file, damaged);
    t.same(readMeasurements(), [], `damaged: ${damaged}`);
  }
  const odd = [{ engine: 'abacus', execution: 'cpu', step_ms: 1 }, { engine: 'wasm' }, null, measured[0]];
  writeFileSync(file, JSON.stringify({ ...content, measured: odd }));
  t.same(readMeasurements(), [measured[0]]);
  t.end();
});

t.test('an addon whose TensorFlow has changed is not loaded', (t) => {
  const folder = emptyCache(t);
  const binding = bindingPackage()!;
  const of = compiledFolder(binding);
  t.ok(of.startsWith(folder));
  t.equal(findAddon(binding), undefined);
  mkdirSync(of, { recursive: true });
  writeFileSync(addonFile(of), 'no library');
  const library = path.join(folder, 'libtensorflow_cc.so.2');
  writeFileSync(library, '12345');
  const manifest = {
    package: `${binding.name} ${binding.version}`,
    tensorflow: '2.21.0',
    libraries: { [library]: 5 },
  };
  const problem = (changes: object): string | undefined => {
    writeFileSync(manifestFile(of), JSON.stringify({ ...manifest, ...changes }));
    return findAddon(binding)?.problem;
  };
  t.equal(problem({}), undefined);
  t.match(problem({ package: 'other 1' }), /compiled from other 1/);
  t.match(problem({ libraries: { [library]: 6 } }), /not the file of TensorFlow 2.21.0/);
  t.match(problem({ libraries: { '/nowhere/lib.so': 1 } }), /\/nowhere\/lib\.so, which is no longer there/);
  writeFileSync(manifestFile(of), '{');
  t.match(findAddon(binding)?.problem, /cannot be read/);
  const tensorflow = engines.find(({ name }) => name === 'tensorflow')!;
  t.match(tensorflow.available(), { ok: false, reason: /cannot be used/, remedy: /setup tensorflow/ });
  problem({});
  t.match(tensorflow.available(), { ok: true });
  return t.rejects(useEngine('tensorflow'), {
    code: 'ENGINE_MISSING',
    message: /does not load/,
    remedy: /setup/,
  });
});

t.test('starting an engine prints nothing, and choosing modules load nothing heavy', async (t) => {
  const module = new URL('../../src/engines/index.js', import.meta.url).href;
  const script = `
    import { createRequire } from 'node:module';
    const { useEngine } = await import(${JSON.stringify(module)});
    const loaded = Object.keys(createRequire(import.meta.url).cache)
      .filter((file) => /tensorflow|onnxruntime/.test(file) && !file.endsWith('.json'));
    if (loaded.length > 0) throw new Error(loaded.join());
    for (const name of ['auto', 'cpu', 'wasm', 'onnxruntime']) await useEngine(name);
    await useEngine('tensorflow').catch(() => {});
  `;
  const env = { ...process.env, ESRGAN_CACHE: t.testdir() };
  const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', script], { env });
  t.equal(stdout, '');
  t.equal(stderr, '');
});
