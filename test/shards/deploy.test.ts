import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { parse } from 'yaml';
import { workplace } from '../e2e/esrgan.js';
import { root } from '../root.js';
import { faults, type Schema } from './json-schema.js';
import { noSlurm, startSlurm } from './slurm.js';
import { begin, bin, esrgan, photographs, pipeline, results, single, type Write } from './workers.js';

t.setTimeout(300_000);

const deploy = (name: string): string => path.join(root, 'deploy', name);
const write: Write = {
  write: '{ webdataset: "out/{00..}.tar", content: crops, encode: raw, max_samples: 4 }',
  stages: '',
};

/** A folder with a plan, and a program `esrgan` as an installation has it. */
async function planned(t: Test, photos: string, shards: number) {
  const cwd = await workplace(t);
  pipeline(cwd, photos, write);
  t.match(await esrgan(t, `plan p.yml --shards ${shards} --out plan.json`, cwd), { code: 0, err: '' });
  const programs = path.join(cwd, 'programs');
  mkdirSync(programs);
  writeFileSync(path.join(programs, 'esrgan'), '#!/bin/bash\nexec "$NODE" "$BIN" "$@"\n', { mode: 0o755 });
  return { cwd, programs };
}

/** A program to its end. */
function ended(
  argv: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; out: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0], argv.slice(1), { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.on('error', reject).on('close', (code) => resolve({ code, out }));
  });
}

t.test('the Slurm script on a real Slurm, and merge after it', { skip: noSlurm }, async (t) => {
  const slurm = await startSlurm(t);
  if ('why' in slurm) {
    t.pass('Slurm does not start here', { skip: slurm.why });
    return;
  }
  const photos = await photographs(t);
  const one = await single(t, photos, write);
  const { cwd, programs } = await planned(t, photos, 3);
  const PATH = `${programs}:${slurm.env.PATH}`;
  const { NODE_OPTIONS: _, ...env }: NodeJS.ProcessEnv = {
    ...slurm.env,
    PATH: PATH,
    NODE: process.execPath,
    BIN: bin,
  };
  const sbatch = (...args: string[]) => ended(['sbatch', '--parsable', ...args], cwd, env);

  const array = await sbatch('--array=0-2', deploy('slurm-array.sh'), 'plan.json');
  t.equal(array.code, 0);
  const job = array.out.trim();
  const after = ['--wait', `--dependency=afterok:${job}`];
  const [merge, beyond] = await Promise.all([
    sbatch(...after, '--output=merge.log', '--wrap', 'esrgan merge plan.json'),
    sbatch('--wait', '--array=3', deploy('slurm-array.sh'), 'plan.json'),
  ]);
  t.equal(merge.code, 0);
  const log = (name: string): string => readFileSync(path.join(cwd, name), 'utf8');
  for (const task of [0, 1, 2]) t.match(log(`esrgan-${job}-${task}.log`), `shard ${task} of 3 is finished`);
  t.match(log('merge.log'), /3 shards whole/);
  t.same(results(cwd), one.made, 'byte for byte');
  t.equal(beyond.code, 2, 'an error of the user, as Slurm sees it');
  t.match(log(`esrgan-${beyond.out.trim()}-3.log`), /SLURM_ARRAY_TASK_ID is 3, but the plan has 3/);
});

t.test('the Kubernetes Job is one, and its pods do shards', async (t) => {
  const job = parse(readFileSync(deploy('kubernetes-job.yml'), 'utf8'));
  const schema: Schema = JSON.parse(
    readFileSync(path.join(root, 'test', 'fixtures', 'shards', 'kubernetes-job.schema.json'), 'utf8'),
  );
  t.same(faults(job, schema), []);
  t.same(
    faults(
      { ...job, spec: { ...job.spec, completions: '64', compeltionMode: 'Indexed', template: undefined } },
      schema,
    ),
    ['/spec/completions is no integer', '/spec/compeltionMode is unknown', '/spec/template is missing'],
    'what is wrong is found',
  );
  const { spec } = job;
  // What the description of the interface does not say, and the server asks.
  t.match(job, { apiVersion: 'batch/v1', kind: 'Job', spec: { completionMode: 'Indexed' } });
  t.ok(spec.parallelism <= spec.completions && spec.maxFailedIndexes <= spec.completions);
  t.equal(spec.template.spec.restartPolicy, 'Never', 'podFailurePolicy asks for it');
  const { containers, volumes } = spec.template.spec;
  t.same(
    containers[0].volumeMounts.map(({ name }: { name: string }) => name),
    volumes.map(({ name }: { name: string }) => name),
  );
  t.equal(containers[0].workingDir, containers[0].volumeMounts[0].mountPath);
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  t.equal(containers[0].image, `esrgan-stream:${version}`);

  const { cwd } = await planned(t, await photographs(t), 2);
  for (const index of [0, 1])
    t.match(await begin(t, containers[0].args, cwd, [`JOB_COMPLETION_INDEX=${index}`]).ended, {
      ...{ code: 0, err: '' },
      out: new RegExp(`shard ${index} of 2 is finished\\n`),
    });
  t.match(await esrgan(t, 'merge plan.json', cwd), { code: 0 });
});

/** Instructions of a Dockerfile, long lines put together. */
const instructions = (text: string) =>
  text
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name, rest] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
      return { name, rest };
    });

t.test('the Dockerfile copies what there is', (t) => {
  const lines = instructions(readFileSync(deploy('Dockerfile'), 'utf8'));
  const known = ['FROM', 'WORKDIR', 'COPY', 'RUN', 'USER', 'ENTRYPOINT', 'ENV'];
  t.same(
    lines.filter(({ name }) => !known.includes(name)),
    [],
  );
  t.equal(lines[0].name, 'FROM');
  const sent = readFileSync(deploy('Dockerfile.dockerignore'), 'utf8').split('\n');
  t.equal(sent[0], '*', 'nothing is sent that is not named');
  const stages: string[] = [];
  let copied: string[] = [];
  for (const { name, rest } of lines) {
    if (name === 'FROM') {
      const [, image, stage] = /^(\S+)(?: AS (\S+))?$/.exec(rest) ?? [];
      t.match(image, /:\d/, 'a version, so that it is the same tomorrow');
      if (stage) stages.push(stage);
      copied = [];
    }
    if (name === 'ENTRYPOINT') t.same(JSON.parse(rest), ['esrgan']);
    if (name !== 'COPY') continue;
    const words = rest.split(/\s+/);
    const from = words[0].startsWith('--from=') ? words.shift()?.slice(7) : undefined;
    if (from) t.ok(stages.includes(from), `stage ${from} came before`);
    for (const source of words.slice(0, -1)) {
      if (!from) t.ok(existsSync(path.join(root, source)), `${source} is in the repository`);
      if (!from) t.ok(sent.includes(`!${source.replace('./', '')}`), `${source} is sent to the engine`);
      copied.push(path.basename(source));
    }
    t.ok(words.length === 2 || words.at(-1)?.endsWith('/'), 'several files go into a folder');
  }
  const { files } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { files: string[] };
  const needed = files.filter((name) => !name.endsWith('.md'));
  t.same(
    needed.filter((name) => !copied.includes(name)),
    [],
    'what is published is in the image',
  );
  const install = lines.findIndex(({ rest }) => /npm ci/.test(rest));
  t.ok(
    lines.findIndex(({ name, rest }) => name === 'COPY' && rest.includes('package-lock.json')) < install,
    'npm ci finds its lock file',
  );
  t.equal(lines.findLast(({ name }) => name === 'USER')?.rest, 'node', 'not root');
  t.end();
});
