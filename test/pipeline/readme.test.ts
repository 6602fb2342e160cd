import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { loadPipeline } from '../../src/config/load-pipeline.js';
import { readBatches } from '../../src/pipeline/index.js';
import { root } from '../root.js';

const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
const blocks = (language: string): string[] =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(([, text]) => text);

t.test('the pipeline and the plug-in of the README work as printed', async (t) => {
  // Within the package, where `esrgan-stream` names the package itself.
  const folder = mkdtempSync(path.join(root, 'build-test', 'readme-'));
  const [pipeline, degradation] = blocks('yaml');
  const [plugin] = blocks('ts');
  writeFileSync(path.join(folder, 'film-grain.ts'), plugin);
  writeFileSync(path.join(folder, 'mine.yml'), pipeline);
  const grainy = pipeline.replace(/ {2}- degrade: .*\n/, degradation);
  t.not(grainy, pipeline);
  writeFileSync(path.join(folder, 'grainy.yml'), grainy);

  const set = [`source.images=${root}/datasets/sample/*.{png,jpg}`, 'metadata={}'];
  const names = new Set<string>();
  for (const name of ['mine', 'grainy']) {
    const loaded = await loadPipeline(path.join(folder, `${name}.yml`), { set });
    for await (const batch of readBatches(loaded)) {
      t.same(batch.lqShape, [4, 16, 16, 3]);
      for (const row of batch.rows) for (const step of row.degradations) names.add(step.name);
      if (batch.index === 3) break;
    }
  }
  t.ok(names.has('film-grain') && names.has('blur') && names.has('jpeg'), [...names].join());
});

t.test('every shipped file that the README points at is there', async (t) => {
  for (const [, target] of readme.matchAll(/\]\((?!http)([^)#]+)\)/g))
    t.ok(readFileSync(path.join(root, target)).length > 0, target);
});
