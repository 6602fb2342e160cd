import { spawnSync } from 'node:child_process';

export const python = process.env.ESRGAN_PYTHON ?? 'python3';

/** Why a Python module cannot be used here; undefined when it can. */
export function withoutModule(module: string): string | undefined {
  const { status } = spawnSync(python, ['-c', `import ${module}`], { stdio: 'ignore' });
  return status === 0 ? undefined : `${python} has no ${module} (ESRGAN_PYTHON names a Python that has)`;
}

/** Runs a Python program and gives what it printed. */
export function runPython(program: string, args: readonly string[] = []): string {
  const { status, stdout, stderr } = spawnSync(python, ['-c', program, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}
