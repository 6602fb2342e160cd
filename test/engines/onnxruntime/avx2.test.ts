import { execFile, execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';

const EMULATOR = 'qemu-x86_64';
/**
 * A processor with AVX2 and without AVX-512, as most of our users have: onnxruntime's blocks hold 8 channels there.
 * Without what the emulator would say that it lacks.
 */
const processor = ['-cpu', 'Haswell,-pcid,-x2apic,-tsc-deadline,-hle,-invpcid,-rtm'];
const timeout = 600_000;

function reasonAgainst(): string | false {
  if (process.arch !== 'x64') return `not run: this is ${process.arch}`;
  try {
    execFileSync(EMULATOR, ['--version'], { stdio: 'ignore' });
    return false;
  } catch {
    return `not run: no ${EMULATOR} (apt-get install qemu-user)`;
  }
}

t.setTimeout(timeout);
t.test('on a processor without AVX-512', { skip: reasonAgainst(), timeout }, async (t) => {
  const probe = new URL('../../../src/engines/onnxruntime/probe.js', import.meta.url).href;
  const script = `
    const { findBlock } = await import(${JSON.stringify(probe)});
    const block = await findBlock();
    process.stdout.write(String(block), () => process.exit(0));
  `;
  const emulate = [...processor, process.execPath];
  const { stdout } = await promisify(execFile)(EMULATOR, [...emulate, '--input-type=module', '-e', script]);
  t.equal(stdout, '8');

  const env = {
    ...process.env,
    ESRGAN_TEST_EMULATED: 'yes',
    ESRGAN_TEST_ENGINE: 'onnxruntime:cpu',
    TAP_TIMEOUT: '600',
  };
  for (const [name, file] of Object.entries({
    'images in blocks': './blocked.test.js',
    'the golden run': '../trajectory.test.js',
  })) {
    const child = fileURLToPath(new URL(file, import.meta.url));
    await t.spawn(EMULATOR, [...emulate, child], { env, timeout }, name);
  }
});
