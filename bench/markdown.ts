import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../src/config/package-root.js';
import { writeFileAtomic } from '../src/formats/atomic.js';
import { type BenchResult, machine, table } from './bench.js';

const FILE = path.join(packageRoot, 'BENCHMARKS.md');
const HEAD = `# Benchmarks

Written by \`npm run bench -- NAME --write\`, section by section; without a name all are run and written. Both sides of a
comparison are measured in one run, interleaved: take the ratios, not the seconds. Each section says where and when.
`;

/** Puts the results into BENCHMARKS.md in the place of earlier ones; `order` is that of the sections. */
export async function writeResults(results: readonly BenchResult[], order: readonly string[]): Promise<void> {
  const before = existsSync(FILE) ? readFileSync(FILE, 'utf8') : '';
  const sections = new Map(
    before
      .split(/^(?=## )/m)
      .slice(1)
      .map((text) => [/^## (.*)$/m.exec(text)?.[1] ?? '', text.trimEnd()]),
  );
  for (const result of results) sections.set(result.name, section(result));
  const known = order.flatMap((name) => sections.get(name) ?? []);
  await writeFileAtomic(FILE, `${[HEAD.trimEnd(), ...known].join('\n\n')}\n`);
}

function section({ name, what, columns, rows, ratio, goal, ok }: BenchResult): string {
  const { cpu, cores, node, load } = machine();
  const sentence = `${what[0].toUpperCase()}${what.slice(1)}.`;
  const where = `${cpu}, ${cores} cores, Node ${node}, load ${load.toFixed(1)} at the end, ${new Date().toISOString().slice(0, 10)}.`;
  const verdict = `Goal: ${goal}. ${ok ? 'Met' : '**Not met**'} (${ratio}).`;
  return [`## ${name}`, `\`npm run bench -- ${name}\``, sentence, table(columns, rows), verdict, where].join(
    '\n\n',
  );
}
