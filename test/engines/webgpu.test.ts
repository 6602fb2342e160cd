import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';
import { fixture } from '../root.js';
import type { Found } from './webgpu-child.js';

/** SwiftShader, a Vulkan driver that needs no card: chromium brings it along, and the loader of such drivers. */
const driver = [
  process.env.VK_ICD_FILENAMES,
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/usr/lib64/chromium-browser/vk_swiftshader_icd.json',
].find((file) => file !== undefined && existsSync(file));

interface Golden {
  readonly arch: string;
  readonly args: object;
  readonly loss_l1: number;
}

const golden = (JSON.parse(readFileSync(fixture('networks', 'index.json'), 'utf8')) as Record<string, Golden>)
  .srvgg_x4!;

t.test(
  'a network and its gradients on WebGPU',
  { skip: !driver && 'not run: no SwiftShader (apt-get install chromium)', timeout: 280_000 },
  async (t) => {
    const child = fileURLToPath(new URL('./webgpu-child.js', import.meta.url));
    // The driver and its loader are looked for when a process begins.
    const library = [path.dirname(driver!), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':');
    const env = { ...process.env, VK_ICD_FILENAMES: driver, LD_LIBRARY_PATH: library };
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, [child, JSON.stringify(golden)], { env });
    const found = JSON.parse(stdout) as Found | { failure: string };
    if ('failure' in found) {
      t.match(found.failure, /adapter/i, 'what is amiss is the adapter and not the engine');
      return t.comment(`not run: ${found.failure}`);
    }
    t.match(found.reason, /^on webgpu/);
    t.ok(found.output < 1e-5, `output differs by ${found.output}`);
    t.ok(Math.abs(found.loss / golden.loss_l1 - 1) < 1e-6, `loss ${found.loss}`);
    t.ok(Object.keys(found.gradients).length > 10);
    for (const [name, error] of Object.entries(found.gradients))
      t.ok(error < 1e-4, `gradient of ${name} is off by ${error}`);
  },
);
