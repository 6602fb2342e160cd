import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { type Running, start } from '../e2e/esrgan.js';
import { python, withoutModule } from '../python.js';
import { root } from '../root.js';
import { ask, pipelineFile, read } from './client.js';

const bin = fileURLToPath(new URL('../../src/cli/bin.js', import.meta.url));
const folder = (): string => mkdtempSync(path.join(os.tmpdir(), 'esrgan-serve-command-'));

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** `esrgan serve` as a user has it, once it listens. */
async function serving(t: Test, args: readonly string[], port: number): Promise<Running> {
  const argv = ['env', '-u', 'NODE_OPTIONS', process.execPath, bin, 'serve', ...args, '--port', `${port}`];
  const run = start(argv, folder());
  t.teardown(() => run.kill('SIGKILL'));
  await run.seen(/an epoch at http/);
  return run;
}

t.test('serves until it is stopped, and says who reads', async (t) => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const run = await serving(t, [pipelineFile(), '--token', 'geheim', '--set', 'batch.gt_size=32'], port);
  t.equal((await ask(`${url}/plan`)).status, 401);
  const reader = await read(`${url}/epoch/0?epochs=endless`, { authorization: 'Bearer geheim' });
  const [{ files }] = await reader.take(1);
  t.equal(files['gt.npy'].length, 128 + 3 * 32 * 32);
  const cut = t.rejects(reader.take());
  run.kill('SIGTERM');
  await cut;
  const { code, err } = await run.ended;
  t.equal(code, 143);
  t.match(err, /127\.0\.0\.1 reads \/epoch\/0\?epochs=endless/);
  t.match(err, /has left \/epoch\/0\?epochs=endless after \d+ pairs?: the service was stopped/);
});

t.test('warns where everybody may read, and names the remedy of a port that is taken', async (t) => {
  const port = await freePort();
  const run = await serving(t, [pipelineFile(), '--host', '0.0.0.0'], port);
  await run.seen(/whoever reaches .* can read the pictures: give a --token/);
  const second = start([process.execPath, bin, 'serve', pipelineFile(), '--port', `${port}`], folder());
  const { code, err } = await second.ended;
  t.equal(code, 2);
  t.match(err, /cannot listen at 127\.0\.0\.1:\d+ \(EADDRINUSE\)[\s\S]*--port 0/);
});

t.test('a token that would let everybody in, or nobody, is refused', async (t) => {
  for (const [token, said] of [
    ['', /the token is empty/],
    ['a b', /no client could send/],
  ] as const) {
    const argv = [process.execPath, bin, 'serve', pipelineFile(), '--port', '0', '--token', token];
    t.match(await start(argv, folder()).ended, { code: 2, err: said });
  }
});

type Given = { readonly epoch: number; readonly position: number; readonly id: string };

/** Starts two ranks of the example; `given` is what they were trained on, rank by rank. */
function torchrun(t: Test, url: string, options: readonly string[]) {
  const logs = folder();
  const script = path.join(root, 'examples', 'pytorch', 'train_served.py');
  const argv = ['-m', 'torch.distributed.run', '--standalone', '--nproc_per_node', '2', script, '--url', url];
  const training = start(
    ['env', 'OMP_NUM_THREADS=1', python, ...argv, '--log-samples', logs, ...options],
    logs,
  );
  t.teardown(() => training.kill('SIGKILL'));
  const given = (): Given[][] =>
    [0, 1].map((rank) =>
      readFileSync(path.join(logs, `rank${rank}.jsonl`), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    );
  return { training, given };
}

const ranks = 'two ranks of PyTorch train on their parts, and go on after the service was killed';
t.test(ranks, { skip: withoutModule('torch') ?? false }, async (t) => {
  const file = pipelineFile();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const run = await serving(t, [file], port);
  const { samples } = JSON.parse((await ask(`${url}/plan`)).text) as { samples: number };
  const order = (await (await read(`${url}/epoch/0`)).take()).map(({ json }) => json.id);
  // One epoch and some steps of the next.
  const [batch, world] = [16, 2];
  const steps = Math.ceil(samples / (batch * world)) + 2;
  const { training, given } = torchrun(t, url, ['--steps', `${steps}`, '--batch', `${batch}`]);
  await training.seen(/step 10:/);
  run.kill('SIGKILL');
  await run.ended;
  await serving(t, [file], port);
  const { code, out, err } = await training.ended;
  t.equal(code, 0, err);
  t.match(out, new RegExp(`step ${steps - 1}: l_pix`));
  for (const [rank, list] of given().entries()) {
    const positions = list.map(({ epoch, position }) => epoch * samples + position);
    t.strictSame(
      positions,
      Array.from({ length: steps * batch }, (_, i) => i * world + rank),
      `rank ${rank}`,
    );
  }
  const first = given()
    .flat()
    .filter(({ epoch }) => epoch === 0);
  const sorted = first.sort((a, b) => a.position - b.position).map(({ id }) => id);
  t.strictSame(sorted, order, 'disjoint, complete and in the planned order');

  // Loader processes, begun where a training of 5 steps has stopped.
  const from = 5 * batch * world;
  const begun = ['--position', `${from}`, '--steps', '6', '--batch', `${batch}`, '--workers', '2'];
  const later = torchrun(t, url, begun);
  t.equal((await later.training.ended).code, 0);
  t.strictSame(
    later.given(),
    given().map((list) => list.slice(5 * batch, 11 * batch)),
    'batches of several loader processes come in the same order',
  );
});
