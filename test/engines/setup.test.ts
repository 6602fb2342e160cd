import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import type { Io } from '../../src/cli/io.js';
import { main } from '../../src/cli/main.js';
import { findAddon } from '../../src/engines/tensorflow/addon.js';
import { bindingPackage } from '../../src/engines/tensorflow/package.js';
import { command } from '../../src/engines/tensorflow/setup/command.js';
import { download } from '../../src/engines/tensorflow/setup/download.js';
import {
  findTensorflow,
  ownEnvironment,
  pythonOf,
} from '../../src/engines/tensorflow/setup/find-tensorflow.js';
import { setupTensorflow } from '../../src/engines/tensorflow/setup/index.js';
import { nodeHeaders } from '../../src/engines/tensorflow/setup/node-headers.js';

const folder = t.testdir({ empty: {}, bin: {} });
const [bin, cache] = [path.join(folder, 'bin'), path.join(folder, 'cache')];
process.env.ESRGAN_CACHE = cache;
// No Python, compiler or npm of this machine; no virtual environment either.
process.env.PATH = bin;
delete process.env.VIRTUAL_ENV;
delete process.env.CXX;

function script(file: string, text: string): string {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** What a wheel of TensorFlow looks like from outside. */
function wheel(name: string): string {
  const where = path.join(folder, name);
  mkdirSync(path.join(where, 'include', 'tensorflow', 'c'), { recursive: true });
  writeFileSync(path.join(where, 'include', 'tensorflow', 'c', 'c_api.h'), '');
  for (const file of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2', 'libtensorflow_other.so'])
    writeFileSync(path.join(where, file), file);
  return where;
}

const python = (file: string, where: string | null): string =>
  script(file, `echo '${JSON.stringify({ folder: where, version: '2.99.0' })}'`);

function context(agree = false) {
  const said: string[] = [];
  return {
    said,
    log: (line: string) => void said.push(line),
    confirm: async (question: string) => {
      said.push(question);
      return agree;
    },
  };
}

t.test('a TensorFlow is found in a Python, a virtual environment, or a C library', async (t) => {
  t.equal(await findTensorflow(undefined), undefined);
  const site = wheel('site');
  const installation = {
    version: '2.99.0',
    include: path.join(site, 'include'),
    libraries: ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'].map((file) => path.join(site, file)),
  };
  const named = python(path.join(folder, 'py', 'python'), site);
  t.match(await findTensorflow(named), installation);
  python(pythonOf(path.join(folder, 'venv')), site);
  t.match(await findTensorflow(path.join(folder, 'venv')), installation);
  const c = wheel('c');
  mkdirSync(path.join(c, 'lib'));
  writeFileSync(path.join(c, 'lib', 'libtensorflow.so.2'), '');
  t.match(await findTensorflow(c), { libraries: [path.join(c, 'lib', 'libtensorflow.so.2')] });
  python(pythonOf(ownEnvironment()), site);
  t.match(await findTensorflow(undefined), installation, 'the environment that setup made');
  writeFileSync(pythonOf(ownEnvironment()), '#!/bin/sh\nexit 1\n');
  t.equal(await findTensorflow(undefined), undefined);
});

t.test('a place without TensorFlow is refused by name', async (t) => {
  const none = python(path.join(folder, 'none', 'python'), null);
  await t.rejects(findTensorflow(none), {
    code: 'TENSORFLOW_NOT_FOUND',
    message: /has no package tensorflow/,
  });
  await t.rejects(findTensorflow('/nowhere/python'), { message: /there is no program/ });
  const bare = python(path.join(folder, 'bare', 'python'), path.join(folder, 'empty'));
  await t.rejects(findTensorflow(bare), { message: /holds no C interface/, remedy: /import tensorflow/ });
});

t.test('without a compiler, or with one that fails', async (t) => {
  const named = python(path.join(folder, 'py', 'python'), wheel('site2'));
  await t.rejects(setupTensorflow({ python: named }, context()), {
    code: 'COMPILER_MISSING',
    remedy: /apt-get install g\+\+/,
  });
  script(
    path.join(bin, 'g++'),
    '[ "$1" = --version ] && exit 0\necho "a.cc:1: note: here" >&2\necho "a.cc:2: error: no such thing" >&2\nexit 1',
  );
  await t.rejects(setupTensorflow({ python: named }, context()), {
    code: 'TENSORFLOW_ADDON',
    message: /TensorFlow 2\.99\.0 .*a\.cc:2: error: no such thing/,
  });
  t.equal(findAddon(bindingPackage()!), undefined);
  t.same(readdirSync(path.join(cache, 'tensorflow')), ['python'], 'nothing is left behind');
});

t.test('what was compiled is tried before it is kept', async (t) => {
  const named = python(path.join(folder, 'py', 'python'), wheel('site3'));
  script(
    path.join(bin, 'g++'),
    'for last in "$@"; do :; done\n[ "$1" = --version ] || echo "no library" > "$last"\nexit 0',
  );
  const ctx = context();
  await t.rejects(setupTensorflow({ python: named }, ctx), {
    code: 'TENSORFLOW_ADDON',
    message: /does not load/,
  });
  t.match(ctx.said, [/^Compiling the addon against TensorFlow 2\.99\.0/, /^Trying it/]);
  t.equal(findAddon(bindingPackage()!), undefined);
});

t.test('nothing at all: the download fails, no TensorFlow, and none is agreed to', async (t) => {
  // A mirror is named, so that no network is asked; npm is not there.
  process.env.TFJS_NODE_CDN_STORAGE = 'https://mirror.invalid/';
  t.teardown(() => delete process.env.TFJS_NODE_CDN_STORAGE);
  t.match(await download(bindingPackage()!, context()), /there is no program npm/);
  const ctx = context();
  await t.rejects(setupTensorflow({}, ctx), {
    code: 'TENSORFLOW_NOT_FOUND',
    message: /not agreed to/,
    remedy: /onnxruntime/,
  });
  t.match(ctx.said, [
    /^Trying the package's own download: npm rebuild/,
    /^It does not serve: there is no program npm/,
    /^No Python here has TensorFlow/,
    /^Create a virtual environment in .*install tensorflow.* with pip/,
  ]);
  await t.rejects(setupTensorflow({}, context(true)), {
    message: /python3 -m venv: there is no program python3/,
  });
});

t.test('on the command line', async (t) => {
  let [out, err] = ['', ''];
  const io: Io = {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    env: {},
    signals: process,
    now: () => 0,
  };
  t.equal(await main(['setup', 'tensorflow', '--python', path.join(folder, 'empty')], io), 2);
  t.match(err, /error: There is no TensorFlow in .*\n.*--python.*\nfix: Name a Python/s);
  process.env.TFJS_NODE_CDN_STORAGE = 'https://mirror.invalid/';
  t.teardown(() => delete process.env.TFJS_NODE_CDN_STORAGE);
  t.equal(await main(['setup', 'tensorflow'], io), 2);
  t.match(out, /Trying the package's own download/);
  t.match(err, /not agreed to \(--yes agrees\)/, 'nobody is there to be asked');
});

t.test('programs that fail, hang or do not exist', async (t) => {
  t.match(await command('/bin/sh', ['-c', 'echo out; echo notes >&2'], { seconds: 9 }), {
    ok: true,
    stdout: 'out\n',
    stderr: 'notes\n',
  });
  const hung = await command('/bin/sh', ['-c', 'while :; do :; done'], { seconds: 0.2 });
  t.match(hung, { ok: false, why: /was not done after 0\.2 s/ });
  t.match(await command('/bin/sh', ['-c', 'echo "last words"; exit 3'], { seconds: 9 }), {
    why: 'last words',
  });
});

t.test("Node's headers", async (t) => {
  const headers = await nodeHeaders().catch((error: unknown) => error);
  if (typeof headers === 'string') t.ok(readdirSync(headers).includes('node_api.h'));
  else t.match(headers, { code: 'NODE_HEADERS', remedy: /node-gyp install/ });
});
