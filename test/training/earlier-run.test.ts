import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import type { RunEvent } from '../../src/events.js';
import { runPipeline } from '../../src/pipeline/index.js';
import { root } from '../root.js';
import { folder, shortPipeline } from '../ui/short-run.js';

// The quickstart names its held-back photograph relative to the working folder.
process.chdir(root);

async function run(out: string, iters: number, more: readonly string[] = []) {
  const events: RunEvent[] = [];
  const one = runPipeline(await shortPipeline(out, iters, more));
  one.events.subscribe((event) => events.push(event));
  const code = await one.done.then(
    () => undefined,
    (error) => error.code as string,
  );
  return { code, warnings: events.flatMap((event) => (event.type === 'warning' ? event.message : [])) };
}

t.test('a run that cannot begin leaves the earlier one of its name where it is', async (t) => {
  const out = folder();
  const empty = path.join(out, 'empty');
  mkdirSync(empty);
  const nothing = [`source.images=${empty}`];
  t.match(await run(out, 2, nothing), { code: 'NO_IMAGES', warnings: [] });
  t.notOk(readdirSync(out).includes('quickstart'), 'nor is there one of a run that never was');
  mkdirSync(path.join(out, 'quickstart', 'notes'), { recursive: true });
  t.match(await run(out, 2, nothing), { code: 'NO_IMAGES', warnings: [] });
  t.ok(readdirSync(path.join(out, 'quickstart')).includes('notes'), 'what was there before stays');

  t.match(await run(out, 2), { code: undefined, warnings: [] });
  const models = path.join(out, 'quickstart', 'models');
  const weights = readFileSync(path.join(models, 'net_g_2.safetensors'));
  for (const wrong of [nothing, [`train.val.images=${path.join(out, 'nowhere.png')}`]]) {
    const { code, warnings } = await run(out, 3, wrong);
    t.type(code, 'string');
    t.strictSame(warnings, []);
    t.ok(readFileSync(path.join(models, 'net_g_2.safetensors')).equals(weights));
    t.strictSame(readdirSync(out).sort(), ['empty', 'provenance.jsonl', 'quickstart']);
  }

  t.match(await run(out, 3), { code: undefined, warnings: [/^the earlier run of this name is now /] });
  const [archived] = readdirSync(out).filter((name) => name.startsWith('quickstart_archived_'));
  t.ok(readFileSync(path.join(out, `${archived}`, 'models', 'net_g_2.safetensors')).equals(weights));
  t.ok(readdirSync(models).includes('net_g_3.safetensors'));
});
