import path from 'node:path';
import { packageRoot } from '../src/config/package-root.js';
import { writeFileAtomic } from '../src/formats/atomic.js';
import { type BenchResult, machine, table } from './bench.js';

/** Writes BENCHMARKS.md from a run of all benchmarks. */
export async function writeReportFile(results: readonly BenchResult[]): Promise<void> {
  const { cpu, cores, node, kernel } = machine();
  const parts = results.map(
    ({ name, what, columns, rows, ratio, goal, ok }) =>
      `## ${name}\n\n\`npm run bench -- ${name}\`\n\n${what[0].toUpperCase()}${what.slice(1)}.\n\n${table(columns, rows)}\n\nGoal: ${goal}. ${ok ? 'Met' : '**Not met**'} (${ratio}).\n`,
  );
  const head = `# Benchmarks\n\nWritten by \`npm run bench\`. Both sides of a comparison are measured in one run, interleaved: take the ratios, not the seconds.\n\nMachine: ${cpu}, ${cores} cores, Node ${node}, Linux ${kernel}. ${new Date().toISOString().slice(0, 10)}.\n`;
  await writeFileAtomic(path.join(packageRoot, 'BENCHMARKS.md'), [head, ...parts].join('\n'));
}
