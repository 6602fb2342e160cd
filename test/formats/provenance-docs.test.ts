import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { runPython, withoutModule } from '../python.js';
import { root } from '../root.js';

const bin = fileURLToPath(new URL('../../src/cli/bin.js', import.meta.url));
const page = readFileSync(path.join(root, 'docs', 'provenance.md'), 'utf8');
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(([, text]) => text);

type Row = Record<string, unknown>;

const program = `
import duckdb, json, sys
db = duckdb.connect()
answers = []
for query in json.loads(sys.argv[2]):
    cursor = db.execute(query)
    names = [column[0] for column in cursor.description or []]
    answers.append([dict(zip(names, row)) for row in cursor.fetchall()])
print(json.dumps(answers))`;

t.test(
  'the questions of docs/provenance.md, asked of the run that it shows',
  {
    skip: withoutModule('duckdb') ?? false,
  },
  async (t) => {
    const cwd = t.testdir();
    for (const name of ['datasets', 'options', 'pipelines'])
      symlinkSync(path.join(root, name), path.join(cwd, name));
    const [command] = blocks('sh');
    const [, ...args] = command.replaceAll('\\\n', '').trim().split(/\s+/);
    const { NODE_OPTIONS: _, ...env } = process.env;
    // A chain that draws what the questions are about.
    const short = ['--set', 'train.total_iter=60', '--set', 'degrade.preset=realesrgan'];
    execFileSync(process.execPath, [bin, ...args, ...short], { cwd, env, stdio: 'ignore' });

    const queries = blocks('sql').map((query) => query.replaceAll("'out/", `'${cwd}/out/`));
    t.equal(queries.length, 5);
    const [, photographs, windows, draws, operators] = JSON.parse(
      runPython(program, [cwd, JSON.stringify(queries)]),
    ) as Row[][];

    const losses = readFileSync(path.join(cwd, 'out/quickstart/samples_log.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; iter: number; l_pix: number });
    t.equal(losses.length, 60 * 4);
    const late = losses.filter(({ iter }) => iter > 30).sort((a, b) => b.l_pix - a.l_pix);
    const [worst] = late;
    t.equal(path.basename(String(windows[0].id)), worst.id);
    t.equal(windows[0].l_pix, worst.l_pix);
    t.equal(windows.length, 10);
    const [photograph] = worst.id.split('@');
    const own = photographs.find(({ source }) => path.basename(String(source)) === photograph);
    t.equal(own?.samples, late.filter(({ id }) => id.startsWith(`${photograph}@`)).length);
    // 0.99 of 120 samples lies between the second and the third of the worst.
    t.equal(
      photographs.reduce((sum, row) => sum + Number(row.worst), 0),
      2,
    );
    t.strictSame(
      draws.map((row) => [row.worst, row.pairs]),
      [
        [false, 118],
        [true, 2],
      ],
    );
    t.ok(draws.every(({ jpeg_quality }) => Number(jpeg_quality) >= 30 && Number(jpeg_quality) <= 95));
    t.ok(
      operators.some(({ operator, applied }) => operator === 'jpeg' && Number(applied) >= 2 * losses.length),
    );
  },
);
