import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';

/** SwiftShader, a Vulkan driver that needs no card: chromium brings it along, and the loader of such drivers. */
const driver = [
  process.env.VK_ICD_FILENAMES,
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/usr/lib64/chromium-browser/vk_swiftshader_icd.json',
].find((file) => file !== undefined && existsSync(file));

/** The driver and its loader are looked for when a process begins. */
function environment(): NodeJS.ProcessEnv {
  const library = [path.dirname(driver!), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':');
  return { ...process.env, VK_ICD_FILENAMES: driver, LD_LIBRARY_PATH: library };
}

/** What `useEngine` says, in a process of its own. */
async function tried(): Promise<{ reason?: string; failure?: string }> {
  const module = new URL('../../src/engines/index.js', import.meta.url).href;
  const script = `
    const { useEngine } = await import(${JSON.stringify(module)});
    const found = await useEngine('onnxruntime', 'webgpu').catch(({ message }) => ({ failure: message }));
    process.stdout.write(JSON.stringify(found), () => process.exit(0));
  `;
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], {
    env: environment(),
  });
  return JSON.parse(stdout) as { reason?: string; failure?: string };
}

// SwiftShader takes thousands of times as long as a card, on processors that other tests use too.
const timeout = 900_000;

/**
 * Runs other test files, with WebGPU for their only engine.
 * @param files by what they test, under test/
 */
export function onWebGpu(files: Readonly<Record<string, string>>, more: NodeJS.ProcessEnv = {}): void {
  t.setTimeout(timeout);
  const skip = !driver && 'not run: no SwiftShader (apt-get install chromium)';
  t.test('on WebGPU', { skip, timeout }, async (t) => {
    const { reason, failure } = await tried();
    if (failure !== undefined) {
      t.match(failure, /adapter/i, 'what is amiss is the adapter and not the engine');
      return t.comment(`not run: ${failure}`);
    }
    t.match(reason, /^on webgpu/);
    const env = {
      ...environment(),
      ESRGAN_TEST_ENGINE: 'onnxruntime:webgpu',
      TAP_TIMEOUT: `${timeout / 1000}`,
      ...more,
    };
    for (const [name, file] of Object.entries(files)) {
      const child = fileURLToPath(new URL(`../${file}`, import.meta.url));
      await t.spawn(process.execPath, [child], { env, timeout }, name);
    }
  });
}
