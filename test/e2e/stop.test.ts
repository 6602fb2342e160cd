import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { fixture } from '../root.js';
import {
  bare,
  contents,
  type Ended,
  esrgan,
  events,
  names,
  pictures,
  type Running,
  shell,
  shipped,
  workplace,
} from './esrgan.js';

t.setTimeout(300_000);

const training = (total: number, sets: readonly string[]): string[] => [
  'run',
  shipped('pipelines', 'quickstart.yml'),
  ...[`train.total_iter=${total}`, 'train.scheduler=', ...sets].flatMap((set) => ['--set', set]),
];

/** Many crops, tightly packed: enough work to be stopped in the midst of it. */
const cut = (output: string): string[] => [
  ...['extract-subimages', '--input', fixture('subimages', 'HR'), '--output', output],
  ...['--crop_size', '320', '--step', '60', '--compression_level', '9'],
];

/** Waits until a run has written some pictures, and not all. */
async function someWritten(run: Running, folder: string): Promise<void> {
  let over = false;
  run.ended.then(() => {
    over = true;
  });
  while (!over && !(existsSync(folder) && names(folder).length >= 12)) await setTimeout(5);
}

const times = (folder: string, files: readonly string[]): Record<string, bigint> =>
  Object.fromEntries(
    files.map((name) => [name, statSync(path.join(folder, name), { bigint: true }).mtimeNs]),
  );

let whole: Record<string, string>;

t.test('uninterrupted, for comparison', async (t) => {
  const cwd = await workplace(t);
  t.match(await esrgan(cut('sub'), cwd), { code: 0, err: '' });
  whole = contents(path.join(cwd, 'sub'));
  t.ok(Object.keys(whole).length > 200);
});

/** What a stopped run has left is whole, and the next one adds the rest and nothing else. */
async function goesOn(t: Test, cwd: string, again: () => Promise<Ended>): Promise<void> {
  const folder = path.join(cwd, 'sub');
  const done = names(folder);
  t.ok(done.length >= 12 && done.length < Object.keys(whole).length - 1, `${done.length} pictures so far`);
  t.equal((await pictures(folder)).length, done.length, 'every picture decodes');
  const before = times(folder, done);
  const second = await again();
  t.match(second, { code: 0, err: '' });
  t.ok(second.out.includes(`; ${done.length} were already there`), second.out);
  t.same(times(folder, done), before, 'finished pictures are not touched');
  t.same(contents(folder), whole, 'byte for byte what an uninterrupted run writes, and no leftovers');
}

t.test('kill -9 during a write', async (t) => {
  const cwd = await workplace(t);
  const run = bare(t, cut('sub'), cwd);
  await someWritten(run, path.join(cwd, 'sub'));
  run.kill('SIGKILL');
  t.equal((await run.ended).signal, 'SIGKILL');
  writeFileSync(path.join(cwd, 'sub', '.0001_s001.png.0123456789ab.part'), 'half a picture');
  await goesOn(t, cwd, () => esrgan(cut('sub'), cwd));
});

t.test('Ctrl-C during a write: the command that it prints goes on', async (t) => {
  const cwd = await workplace(t);
  const run = bare(t, cut('sub'), cwd);
  await someWritten(run, path.join(cwd, 'sub'));
  run.kill('SIGINT');
  const { code, out, err } = await run.ended;
  t.equal(code, 130);
  t.match(err, /^SIGINT: finishing what is under way.* Ctrl-C again stops at once\.\n$/);
  t.match(out, /^extract-subimages: stopped in /m);
  t.same(
    readdirSync(path.join(cwd, 'sub')).filter((name) => name.endsWith('.part')),
    [],
  );
  const command = /^To go on: (esrgan .*) \(pictures that are already there are kept\)$/m.exec(out)?.[1];
  await goesOn(t, cwd, () => shell(`${command}`, cwd));
});

t.test('Ctrl-C during training: a checkpoint, whole provenance, and how to go on', async (t) => {
  const cwd = await workplace(t);
  const small = ['batch.size=1', 'batch.gt_size=32', 'network_g.num_conv=1', 'network_g.num_feat=8'];
  const run = bare(t, training(1_000_000, small), cwd);
  await run.seen(/iter: +1,/);
  run.kill('SIGINT');
  const { code, out, err } = await run.ended;
  t.equal(code, 130);
  t.match(err, 'SIGINT: finishing');
  t.match(out, /^quickstart: stopped in /m);
  const provenance = readFileSync(path.join(cwd, 'out', 'quickstart', 'provenance.jsonl'), 'utf8');
  t.ok(provenance.endsWith('}\n'));
  const lines = provenance.trimEnd().split('\n');
  for (const line of lines) if (!JSON.parse(line).seed) t.fail(line);
  t.equal(lines.length, Math.min(155, Number(/^ {2}crops +([\d,]+)$/m.exec(out)?.[1]?.replace(',', ''))));
  t.ok(existsSync(path.join(cwd, 'out', 'quickstart', 'report.html')));
  const command = /^To go on: (esrgan .*)$/m.exec(out)?.[1];
  t.match(command, /--set path.resume_state=auto$/);
  const states = readdirSync(path.join(cwd, 'out', 'quickstart', 'training_states'));
  const iter = Math.max(...states.map((name) => Number.parseInt(name, 10)));
  t.match(await shell(`${command} --set train.total_iter=${iter + 2}`, cwd), {
    code: 0,
    out: /^quickstart: done in /m,
  });
});

t.test('Ctrl-C while the first photographs are being decoded', async (t) => {
  const cwd = await workplace(t);
  const run = bare(t, [...training(1000, []), '--json'], cwd);
  await run.seen(/^\{"type":"plan"/m);
  run.kill('SIGINT');
  const { code, out, err } = await run.ended;
  t.equal(code, 130);
  t.match(err, /^SIGINT: finishing/);
  t.match(events(out).at(-1), { type: 'end', summary: { stopped: true } });
});

t.test('the second Ctrl-C ends the process at once, also while a training step blocks', async (t) => {
  const cwd = await workplace(t);
  const run = bare(
    t,
    training(100, ['batch.size=24', 'batch.gt_size=256', 'network_g.num_feat=48', 'engine=wasm']),
    cwd,
  );
  // The next step has begun by the time this is seen; it takes a second or more.
  await run.seen(/iter: +1,/);
  run.kill('SIGINT');
  await run.seen(/SIGINT: finishing/);
  run.kill('SIGINT');
  const { code, signal, out } = await run.ended;
  t.match({ code, signal }, { code: null, signal: 'SIGINT' });
  t.notMatch(out, 'stopped in');
  t.notMatch(out, 'saved checkpoint');
});
