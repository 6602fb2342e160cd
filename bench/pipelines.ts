import { writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { loadPipeline } from '../src/config/load-pipeline.js';
import type { Pipeline } from '../src/config/pipeline-file.js';

/** A pipeline from its YAML text. */
export async function pipelineFrom(yaml: string): Promise<Pipeline> {
  const file = path.join(os.tmpdir(), `esrgan-bench-${process.pid}.yml`);
  writeFileSync(file, yaml);
  return loadPipeline(file);
}

export const crops = (folder: string, sink: string): string => `
name: bench
source: { images: ${JSON.stringify(folder)} }
stages:
  - multiscale:
  - crop: { size: 400, step: 200 }
sink: ${sink}
`;
