import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { Subject } from 'rxjs';
import t from 'tap';
import type { RunEvent } from '../../src/events.js';
import { Hold } from '../../src/pipeline/hold.js';
import { runPipeline, type SampledPair } from '../../src/pipeline/index.js';
import { root } from '../root.js';
import { folder, shortPipeline } from './short-run.js';

// The quickstart names its held-back photograph relative to the working folder.
process.chdir(root);

/** Resolves at the first event that fits. */
const seen = (events: readonly RunEvent[], fits: (event: RunEvent) => boolean): Promise<RunEvent> =>
  new Promise((resolve) => {
    const timer = setInterval(() => {
      const found = events.find(fits);
      if (!found) return;
      clearInterval(timer);
      resolve(found);
    }, 5);
  });

t.test(
  'a training pauses, saves and validates when asked, goes on, and stops with a checkpoint',
  async (t) => {
    const out = folder();
    const pipeline = await shortPipeline(out, 100_000, ['train.val.val_freq=100000']);
    const run = runPipeline(pipeline, { pairsEveryMs: 50 });
    const events: RunEvent[] = [];
    const pairs: SampledPair[] = [];
    run.events.subscribe((event) => events.push(event));
    run.pairs.subscribe((pair) => pairs.push(pair));
    await seen(events, (event) => event.type === 'iter' && event.iter >= 4);

    run.controls.pause();
    await seen(events, (event) => event.type === 'state' && event.state === 'paused');
    const at = events.length;
    run.controls.save();
    const saved = await seen(events, (event) => event.type === 'saved' && event.what === 'checkpoint');
    run.controls.validate();
    const validation = await seen(events, (event) => event.type === 'validation');
    t.notOk(
      events.slice(at).some((event) => event.type === 'iter'),
      'no step is made while it pauses',
    );
    t.ok(saved.type === 'saved' && existsSync(saved.path), 'a checkpoint');
    t.ok(validation.type === 'validation' && validation.results[0]!.name === 'coffee');
    const { iter } = validation as Extract<RunEvent, { type: 'validation' }>;
    t.strictSame(
      readdirSync(path.join(out, 'quickstart', 'visualization', 'coffee')).sort(),
      ['bicubic.png', 'gt.png', `${iter}.png`, 'lq.png'].sort(),
      'pictures that can be laid over one another',
    );
    run.controls.validate();

    run.controls.resume();
    await seen(events.slice(at), () => true);
    await seen(events, (event) => event.type === 'iter' && event.iter > iter + 2);
    t.equal(
      events.filter((event) => event.type === 'validation').length,
      1,
      'not twice with the same weights',
    );

    run.controls.stop();
    const summary = await run.done;
    t.equal(summary.stopped, true);
    const last = events.filter((event) => event.type === 'saved' && event.what === 'checkpoint').at(-1);
    t.match(last, { path: new RegExp(`net_g_${summary.losses!.at(-1)!.iter}\\.`) }, 'of the last step');

    t.ok(pairs.length >= 2, `${pairs.length} pairs`);
    for (const { record, gt, lq } of pairs) {
      t.match(record.id, /^\w+\.(png|jpg)@/);
      t.strictSame([gt.width, gt.data.length, lq.width, lq.data.length], [64, 64 * 64 * 3, 16, 16 * 16 * 3]);
    }
  },
);

t.test('a training that pauses can be stopped, by its controls or by its signal', async (t) => {
  for (const own of [true, false]) {
    const abort = new AbortController();
    const pipeline = await shortPipeline(folder(), 100_000, ['train.val.val_freq=100000']);
    const run = runPipeline(pipeline, { signal: abort.signal });
    const events: RunEvent[] = [];
    run.events.subscribe((event) => events.push(event));
    // Before it has begun.
    run.controls.pause();
    await seen(events, (event) => event.type === 'state' && event.state === 'paused');
    t.notOk(events.some((event) => event.type === 'iter'));
    if (own) run.controls.stop();
    else abort.abort();
    t.match(await run.done, { stopped: true, losses: [] });
    t.ok(events.some((event) => event.type === 'saved' && event.what === 'checkpoint'));
  }
});

t.test('a run without training holds too, and loses nothing', async (t) => {
  const out = folder();
  const all = await shortPipeline(out, 1);
  const { metadata: _, degrade: __, batch: ___, ...stages } = all.stages;
  const pipeline = {
    ...all,
    stages,
    sink: { kind: 'discard', options: { sleep_ms: 1, stall_ms: 0 } } as const,
  };
  const whole = await runPipeline(pipeline).done;
  const run = runPipeline(pipeline);
  const events: RunEvent[] = [];
  run.events.subscribe((event) => events.push(event));
  await seen(events, (event) => event.type === 'first');
  run.controls.pause();
  await seen(events, (event) => event.type === 'state' && event.state === 'paused');
  await new Promise((resolve) => setTimeout(resolve, 300));
  run.controls.resume();
  const summary = await run.done;
  t.equal(summary.crops, whole.crops);
  t.equal(summary.stopped, false);
});

t.test('what a hold keeps back comes later, in order, and then the end', async (t) => {
  const items = new Subject<number>();
  const hold = new Hold<number>();
  const got: (number | string)[] = [];
  items.pipe(hold.through()).subscribe({ next: (n) => got.push(n), complete: () => got.push('end') });
  items.next(1);
  hold.close();
  items.next(2);
  items.next(3);
  items.complete();
  t.strictSame(got, [1]);
  hold.open();
  t.strictSame(got, [1, 2, 3, 'end']);
});
