import { execFile, execFileSync } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../src/config/package-root.js';

export interface ChainResult {
  readonly multiscale_s: number;
  readonly sub_s: number;
  readonly files: number;
  readonly bytes: number;
}

/** A Python that has OpenCV and Pillow; undefined where there is none. */
export function pythonOfChain(): string | undefined {
  return [process.env.ESRGAN_PYTHON, 'python3', '/usr/bin/python3'].find((python) => {
    if (!python) return false;
    try {
      execFileSync(python, ['-c', 'import cv2, PIL'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
}

/** Runs `python_chain.py` on a folder of photographs; it writes below `work`, which must exist. */
export async function runChain(python: string, folder: string, work: string): Promise<ChainResult> {
  const script = path.join(packageRoot, 'bench', 'python_chain.py');
  const { stdout } = await promisify(execFile)(python, [script, folder, work]);
  return JSON.parse(stdout) as ChainResult;
}
