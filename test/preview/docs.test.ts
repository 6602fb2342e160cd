import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { withOperators } from '../../src/cli/operator-docs.js';
import { degradations } from '../../src/degradations/index.js';
import { presetNames } from '../../src/degradations/presets.js';
import { root } from '../root.js';

const page = (name: string): string => readFileSync(path.join(root, 'docs', name), 'utf8');

t.test('docs/degradations.md says what the schemas say', async (t) => {
  const text = page('degradations.md');
  t.equal(text, withOperators(text), 'run `npm run build && node dist/cli/bin.js docs`');
  for (const name of degradations.keys()) t.match(text, `\n### ${name}\n`);
  t.match(text, '| `gray_prob` | number from 0 to 1 | `0` | Probability that the three channels');
  t.throws(() => withOperators('no marks'), /lacks/);
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
