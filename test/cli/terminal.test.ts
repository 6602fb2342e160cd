import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { quote } from '../../src/cli/execute.js';
import { root } from '../root.js';
import { Vt } from './vt.js';

const bin = fileURLToPath(new URL('../../src/cli/bin.js', import.meta.url));

/** util-linux: runs a command in a pseudo-terminal. */
const hasScript = (() => {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux');
  } catch {
    return false;
  }
})();
const skip = hasScript ? false : 'there is no script of util-linux here to make a pseudo-terminal with';

interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Everything that a command sends to a terminal of this size. */
function inTerminal(args: readonly string[], { columns, rows }: Size, env: NodeJS.ProcessEnv = {}): string {
  const command = [process.execPath, bin, ...args].map(quote).join(' ');
  const { FORCE_COLOR, NO_COLOR, NODE_OPTIONS, ...clean } = process.env;
  const { stdout, status } = spawnSync(
    'script',
    ['-qec', `stty cols ${columns} rows ${rows} && ${command}`, '/dev/null'],
    {
      cwd: root,
      env: { ...clean, TERM: 'xterm-256color', LANG: 'C.UTF-8', LC_ALL: '', ...env },
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`${command} ended with ${status}:\n${stdout}`);
  return stdout;
}

const writing = (folder: string): string[] => [
  ...['run', 'pipelines/subimages.yml', '--set', 'source.images=datasets/sample/c*.png'],
  ...['--set', `write.folder=${path.join(folder, 'sub')}`],
  ...['--set', `metadata.meta_info=${path.join(folder, 'meta_info.txt')}`],
  ...['--set', `metadata.provenance=${path.join(folder, 'sub.jsonl')}`],
];

const screenOf = (sent: string, { columns, rows }: Size): Vt => {
  const vt = new Vt(columns, rows);
  vt.write(sent);
  return vt;
};

t.test(
  'a run in a terminal: only the sequences that are meant, and nothing is left but the account',
  { skip },
  async (t) => {
    for (const columns of [40, 80]) {
      const size = { columns, rows: 20 };
      const vt = screenOf(inTerminal(writing(t.testdir()), size), size);
      t.ok(vt.whole, 'the last frame was ended');
      t.ok(vt.frames >= 2, `${vt.frames} frames`);
      t.strictSame([...vt.seen].sort(), ['?2026h', '?2026l', 'A', 'J', 'K', 'm']);
      const [first = '', ...rest] = vt.lines;
      t.match(first, /^subimages: done in \d/);
      t.match(rest[0], /^ {2}files {8}2: 1 used, 1 skipped/);
      t.notMatch(vt.lines.join('\n'), /█|slowest|busy/, 'the block is gone');
      t.match(vt.lines.join(' '), /written +\d+ pictures in/);
    }
  },
);

t.test('NO_COLOR, FORCE_COLOR, TERM=dumb and the old character sets', { skip }, async (t) => {
  const size = { columns: 60, rows: 20 };
  const quiet = inTerminal(writing(t.testdir()), size, { NO_COLOR: '1', LC_ALL: 'C' });
  const vt = screenOf(quiet, size);
  t.strictSame([...vt.seen].sort(), ['?2026h', '?2026l', 'A', 'J', 'K']);
  t.match(quiet.replaceAll('\u001b', ''), /^[\r\n -~]*$/, 'a C locale gets ASCII');
  const dumb = inTerminal(writing(t.testdir()), size, { TERM: 'dumb' });
  t.notMatch(dumb, '\u001b');
  t.match(dumb, /subimages: done in/);
});

t.test('training in a terminal', { skip }, async (t) => {
  const folder = t.testdir();
  const size = { columns: 80, rows: 24 };
  const sent = inTerminal(
    [
      ...['run', 'pipelines/quickstart.yml', '--set', 'train.total_iter=3', '--set', 'val.val_freq=3'],
      ...['--set', `out=${path.join(folder, 'out')}`, '--set', `path.experiments_root=${folder}`],
      ...['--set', `metadata.provenance=${path.join(folder, 'p.jsonl')}`, '--set', 'logger.print_freq=1'],
      ...['--set', 'engine=wasm'],
    ],
    size,
  );
  const vt = screenOf(sent, size);
  t.match(sent, /3\/3 {2}100 %/, 'the last step was shown');
  t.match(sent, /stage .*busy/);
  const screen = vt.lines.join('\n');
  t.match(screen, /^quickstart: done in /m);
  t.match(screen, /^ {2}loss l_pix /m);
  t.match(screen, /^ {2}PSNR {9}coffee: network \d+\.\d\d dB, bicubic 25\.80 dB/m);
  t.match(screen, /Bicubic is still better by/);
  t.notMatch(screen, /eta|slowest/);
});
