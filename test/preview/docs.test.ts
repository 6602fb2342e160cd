import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { withOperators } from '../../src/cli/operator-docs.js';
import { contextOf, createRng, loadDegradation } from '../../src/degradation.js';
import { degradations } from '../../src/degradations/index.js';
import { presetNames } from '../../src/degradations/presets.js';
import { root } from '../root.js';

const page = (name: string): string => readFileSync(path.join(root, 'docs', name), 'utf8');

t.test('docs/degradations.md says what the schemas say', async (t) => {
  const text = page('degradations.md');
  t.equal(text, withOperators(text), 'run `npm run build && node dist/cli/bin.js docs`');
  for (const name of degradations.keys()) t.match(text, `\n### ${name}\n`);
  const formulas = text.slice(text.indexOf('## Formulas and sources'));
  for (const name of degradations.keys()) t.match(formulas, `\`${name}\``, 'and what it computes');
  for (const name of presetNames.filter((name) => !name.endsWith('_reference')))
    t.match(text, `\n| \`${name}\` |`, 'and where the numbers of presets come from');
  t.match(text, '| `gray_prob` | number from 0 to 1 | `0` | Probability that the three channels');
  t.throws(() => withOperators('no marks'), /lacks/);
});

t.test('the plug-ins of docs/plug-ins.md work as they stand', async (t) => {
  const blocks = [...page('plug-ins.md').matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code);
  const folder = t.testdir(Object.fromEntries(blocks.map((code, i) => [`plugin${i}.ts`, code])));
  t.equal(blocks.length, 2);
  for (const i of blocks.keys()) {
    const plugin = await loadDegradation(`./plugin${i}.ts`, folder);
    const { value } = (await plugin.options['~standard'].validate({})) as { readonly value: unknown };
    for (const [width, height] of [
      [1, 1],
      [33, 20],
    ] as const) {
      const data = Float32Array.from({ length: 3 * width * height }, (_, at) => (at % 7) / 7);
      const info = { id: 'a', width, height, scale: 4 };
      const params = plugin.sample(createRng('a'), value, info);
      const context = contextOf({ scale: 4, gt: info });
      const made = await plugin.apply({ width, height, data: data.slice() }, params, context);
      const again = await plugin.apply({ width, height, data: data.slice() }, params, context);
      t.same(made, again);
      t.ok(made.data.every(Number.isFinite));
      t.notSame(width > 1 ? made.data : data.map((v) => v + 1), data, 'it does something');
    }
  }
});

t.test('every page that is named is there, and so is every picture', async (t) => {
  for (const name of ['degradations.md', 'plug-ins.md'])
    for (const [, link] of page(name).matchAll(/\]\(([\w.-]+)\)/g))
      t.ok(readFileSync(path.join(root, 'docs', link)), link);
});

t.test('every preset begins with what it is for', async (t) => {
  for (const name of presetNames)
    t.match(readFileSync(path.join(root, 'pipelines', 'presets', `${name}.yml`), 'utf8'), /^# \S/);
});
