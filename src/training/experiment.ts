import { mkdir } from 'node:fs/promises';
import path from 'node:path';

/** Where an experiment's files go: the folders of BasicSR. */
export interface Experiment {
  /** `experiments/<name>` */
  readonly root: string;
  checkpoint(iter: number | 'latest'): string;
  /** A side-by-side picture of a held-back photograph. */
  picture(photograph: string, iter: number): string;
}

/** Makes the folders when they are missing. */
export async function openExperiment(experimentsRoot: string, name: string): Promise<Experiment> {
  const root = path.resolve(experimentsRoot, name);
  await mkdir(path.join(root, 'models'), { recursive: true });
  await mkdir(path.join(root, 'visualization'), { recursive: true });
  return {
    root,
    checkpoint: (iter) => path.join(root, 'models', `net_g_${iter}.safetensors`),
    picture: (photograph, iter) => path.join(root, 'visualization', `${photograph}_${iter}.png`),
  };
}
