// Imports point downwards: writes the linter's rules for it into biome.json, one for every folder of src, from the
// table below, and one for tests. With --check it only compares, and fails when they are out of step.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const file = path.join(root, 'biome.json');

/** What a folder may import besides itself and the files that lie in src; `cli` may import everything. */
const below = {
  random: [],
  flow: [],
  simd: [],
  losses: [],
  formats: [],
  plan: ['random'],
  remote: ['formats'],
  images: ['plan', 'simd', 'formats'],
  metrics: ['images'],
  engines: ['formats'],
  degradations: ['random', 'simd', 'images'],
  networks: ['engines', 'formats', 'random'],
  training: ['degradations', 'engines', 'formats', 'images', 'losses', 'metrics', 'networks', 'random'],
  stages: ['degradations', 'flow', 'formats', 'images', 'plan', 'random', 'remote', 'simd', 'training'],
  upscale: ['engines', 'formats', 'images', 'networks', 'simd'],
  report: ['formats'],
  config: ['degradations', 'remote', 'stages', 'training'],
  doctor: ['config', 'engines', 'training'],
  pipeline: ['config', 'flow', 'images', 'plan', 'remote', 'report', 'simd', 'stages', 'training'],
  shards: ['config', 'flow', 'formats', 'images', 'pipeline', 'plan', 'random', 'stages'],
  serve: ['config', 'flow', 'formats', 'images', 'pipeline', 'plan', 'random', 'stages'],
  ui: [
    ...['config', 'degradations', 'formats', 'images', 'pipeline', 'plan', 'preview', 'random', 'report'],
    ...['stages', 'training'],
  ],
  preview: [
    ...['config', 'degradations', 'flow', 'formats', 'images', 'pipeline', 'plan', 'random', 'report', 'stages'],
    'training',
  ],
};

const folders = readdirSync(path.join(root, 'src'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const rules = folders
  .filter((name) => name !== 'cli')
  .map((name) => {
    if (!below[name]) throw new Error(`say in ${import.meta.filename} what src/${name} may import`);
    const above = folders.filter((other) => other !== name && !below[name].includes(other));
    const group = above.map((other) => `**/${other}/**`);
    const message = `${name} may not import this: imports point downwards (scripts/import-rules.mjs).`;
    const noRestrictedImports = { level: 'error', options: { patterns: [{ group, message }] } };
    return { includes: [`src/${name}/**`], linter: { rules: { style: { noRestrictedImports } } } };
  });

rules.push({
  includes: ['test/**', '!test/properties.ts'],
  linter: {
    rules: {
      style: {
        noRestrictedImports: {
          level: 'error',
          options: { paths: { 'fast-check': 'Import it from test/properties.ts, which sets its seed.' } },
        },
      },
    },
  },
});

const before = readFileSync(file, 'utf8');
const settings = JSON.parse(before);
const isRule = ({ linter }) => linter?.rules?.style?.noRestrictedImports !== undefined;
const others = (settings.overrides ?? []).filter((override) => !isRule(override));
if (!process.argv.includes('--check')) {
  writeFileSync(file, `${JSON.stringify({ ...settings, overrides: [...others, ...rules] }, null, 2)}\n`);
} else if (JSON.stringify(settings.overrides.filter(isRule)) !== JSON.stringify(rules)) {
  console.error('biome.json does not hold the rules of scripts/import-rules.mjs: run it');
  process.exitCode = 1;
}
