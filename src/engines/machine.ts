import { createRequire } from 'node:module';
import { arch, cpus, hostname, platform } from 'node:os';

const require = createRequire(import.meta.url);

const packages = [
  'esrgan-stream',
  'onnxruntime-node',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-node-gpu',
];

/** What a measurement of speed depends on: with any other value of this text it is out of date. */
export function machineKey(): string {
  const processors = cpus();
  return [
    hostname(),
    platform(),
    arch(),
    `${processors.length} x ${processors[0]?.model.trim() ?? 'unknown'}`,
    `node ${process.version}`,
    ...packages.map((name) => `${name} ${versionOf(name)}`),
  ].join('; ');
}

/** The version of an installed package, or `none`. */
export function versionOf(name: string): string {
  try {
    const manifest = require(`${name}/package.json`) as { version?: unknown };
    return String(manifest.version);
  } catch {
    return 'none';
  }
}
