import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { doctor as command } from '../../src/cli/commands/doctor.js';
import { width } from '../../src/cli/display/columns.js';
import { doctorLines } from '../../src/cli/display/doctor.js';
import type { Io } from '../../src/cli/io.js';
import { type DoctorReport, doctor } from '../../src/doctor/index.js';
import { measure } from '../../src/doctor/measure.js';
import { remember } from '../../src/doctor/remember.js';
import { timeSteps } from '../../src/doctor/step-time.js';
import { readMeasurements, writeMeasurements } from '../../src/engines/measurements.js';

process.env.ESRGAN_CACHE = t.testdir();

const report: DoctorReport = {
  machine: { processor: 'Abacus 9', cores: 2, memory: 2 ** 33, platform: 'linux x64', node: 'v20.20.2' },
  engines: [
    {
      engine: 'onnxruntime',
      execution: 'cpu',
      found: true,
      reason: 'on cpu',
      measured: { gflops: 182.4, step_ms: 120.4, first_ms: 12_345, peak_rss: 2 ** 29 },
    },
    {
      engine: 'wasm',
      execution: 'cpu',
      found: true,
      reason: 'on cpu',
      measured: { gflops: 6.02, step_ms: 9.5, first_ms: 800, peak_rss: 2 ** 28 },
    },
    {
      engine: 'tensorflow',
      found: false,
      reason: 'the native addon is not installed',
      remedy: 'Run `esrgan setup tensorflow`, which fetches or compiles the native addon',
    },
  ],
  auto: { engine: 'onnxruntime', execution: 'cpu', why: 'measured by esrgan doctor: 120 ms' },
  checks: [
    { name: 'node', state: 'good', found: 'Node 20.20.2' },
    { name: 'disk', state: 'poor', found: '2.0 GiB free in /a\u001b[2J/b', remedy: 'Make room.' },
  ],
  remembered: '/home/me/.cache/esrgan-stream/engines.json',
};

t.test('on a terminal', (t) => {
  const text = doctorLines(report, 100).join('\n');
  t.match(text, /onnxruntime on cpu +120 ms +182 GFLOP\/s +12\.3 s +512 MiB/);
  t.match(text, /wasm on cpu +9\.5 ms +6\.0 GFLOP\/s +800 ms +256 MiB/);
  t.match(
    text,
    /not there\n {2}tensorflow: the native addon is not installed\n {4}to get it: Run `esrgan setup/,
  );
  t.match(text, /poor disk: .*\n {4}Make room\./);
  t.match(text, /engine: auto takes onnxruntime on cpu; measured by esrgan doctor: 120 ms/);
  t.notOk(text.includes('\u001b'), 'names cannot steer the terminal');
  t.end();
});

t.test('on a narrow terminal nothing is wider than it', (t) => {
  const lines = doctorLines({ ...report, remembered: undefined }, 40);
  t.same(
    lines.filter((line) => width(line) > 40),
    [],
  );
  t.match(
    lines.join('\n'),
    /onnxruntime on cpu +120 ms\n/,
    'the step stays, the rest of its row is left out',
  );
  t.end();
});

t.test('nothing found, nothing measured', (t) => {
  const nothing = doctorLines({ ...report, engines: [], auto: undefined }, 80).join('\n');
  t.match(nothing, /engines\n {2}none\n/);
  t.match(nothing, /No engine starts: nothing can be trained here\.\n?$/);
  const engines = [{ engine: 'wasm', execution: 'cpu', found: true, reason: '' }] as const;
  t.match(doctorLines({ ...report, engines }, 80).join('\n'), /engines\n {2}wasm on cpu +not measured\n/);
  t.end();
});

t.test('looking without measuring remembers nothing', async (t) => {
  const seen: string[] = [];
  const found = await doctor({ quick: true, onProgress: (what) => void seen.push(what) });
  t.ok(seen.includes('onnxruntime on cpu') && seen.includes('wasm on cpu'), seen.join());
  t.match(
    found.engines.find(({ engine, execution }) => engine === 'wasm' && execution === 'cpu'),
    { found: true, measured: undefined },
  );
  t.ok(found.engines.every(({ engine }) => (engine as string) !== 'cpu'));
  for (const { found: there, reason } of found.engines) t.ok(there || reason.length > 5, reason);
  t.match(found.auto, { engine: 'onnxruntime', execution: 'cpu', why: /nothing was measured yet/ });
  t.same(
    found.checks.map(({ name }) => name),
    ['node', 'sharp', 'disk', 'open files', 'load'],
  );
  t.match(found.checks[1], { state: 'good', found: /^sharp 0\.\d+.*libvips 8/ });
  t.equal(found.remembered, undefined);
  t.notOk(existsSync(path.join(process.env.ESRGAN_CACHE!, 'engines.json')));
});

t.test('as JSON, with a measurement of before', async (t) => {
  writeMeasurements([{ engine: 'wasm', execution: 'cpu', step_ms: 5 }]);
  t.equal(readMeasurements().length, 1);
  let [out, err] = ['', ''];
  const io: Io = {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    env: {},
    signals: process,
    now: () => 0,
  };
  t.equal(await command({ json: true, quick: true }, io), 0);
  t.match(JSON.parse(out), {
    machine: { node: process.version },
    auto: { engine: 'wasm', execution: 'cpu', why: /5\.0 ms for a small training step/ },
  });
  t.match(err, /looking at wasm on cpu \.\.\.\n/);
});

t.test('an engine that cannot be had says why', async (t) => {
  const { found, reason, remedy } = await measure({
    engine: 'onnxruntime',
    execution: 'coreml',
    quick: true,
  });
  if (process.platform !== 'darwin') t.equal(found, false);
  t.ok(found || (reason.includes('coreml') && remedy), reason);
});

t.test('an engine is measured in a process of its own', { timeout: 200_000 }, async (t) => {
  const { found, reason, measured } = await measure({
    engine: 'onnxruntime',
    execution: 'cpu',
    quick: false,
  });
  t.equal(found, true, reason);
  const { gflops, step_ms, first_ms, peak_rss } = measured!;
  t.ok(gflops > 0.1 && step_ms > 1 && first_ms >= step_ms && peak_rss > 1e8, JSON.stringify(measured));
});

t.test('a cache folder that cannot be written to costs no report', (t) => {
  const before = process.env.ESRGAN_CACHE;
  process.env.ESRGAN_CACHE = fileURLToPath(import.meta.url);
  t.teardown(() => {
    process.env.ESRGAN_CACHE = before;
  });
  const measured = [{ engine: 'wasm', execution: 'cpu', step_ms: 5 }] as const;
  t.match(remember(measured), {
    file: undefined,
    check: { name: 'cache', state: 'poor', remedy: /ESRGAN_CACHE/ },
  });
  t.end();
});

t.test('steps are timed in the training loop', async (t) => {
  const turns: number[] = [];
  const network_g = { type: 'SRVGGNetCompact', num_feat: 4, num_conv: 1 };
  const { first_ms, steps_ms, peak_rss } = await timeSteps({
    ...{ engine: 'wasm', execution: 'auto', network_g, batch: 1, edge: 4, scale: 4, warmUp: 2, steps: 3 },
    turn: async () => void turns.push(0),
    onStep: (ms) => void turns.push(ms),
  });
  t.equal(steps_ms.length, 3);
  t.equal(turns.length, 10, 'each step has its turn and is told');
  t.equal(first_ms, turns[1]);
  t.ok(steps_ms.every((ms) => ms > 0) && peak_rss > 1e7);
});
