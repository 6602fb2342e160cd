import { stringify } from 'yaml';

const flow = (value: string): string => stringify(value, { lineWidth: 0 }).trimEnd();

/** A pipeline that uses a new degradation; without photographs it names a folder to put them. */
export const pipelineText = (
  name: string,
  photographs: string | undefined,
  schema: string,
): string => `# yaml-language-server: $schema=${encodeURI(schema)}
#
#   esrgan preview ${name}.yml     shows what it does
#   esrgan run ${name}.yml         makes every pair once; put a train sink in for training

name: ${name}
seed: 0
scale: 4

source:
  images: ${flow(photographs ?? 'photographs')} # a folder, a file or a glob, or a list of them

stages:
  - crop: { size: 400, step: 200 }
  - shuffle:
  - degrade:
      - blur: { sigma: [0.2, 2] }
        prob: 0.8
      - resize: { to: lq }
      - use: ./${name}.ts
        with: { strength: [0.02, 0.08] }
        prob: 0.9
      - jpeg: { quality: [50, 95] }
  - batch: { size: 4, gt_size: 128 }

sink:
  discard:
`;
