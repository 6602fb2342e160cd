import { execFile } from 'node:child_process';

export interface Outcome {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it failed, in one line. */
  readonly why: string;
}

interface CommandOptions {
  readonly seconds: number;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a program without a shell to its end or to its time limit; never throws. */
export function command(
  file: string,
  args: readonly string[],
  { seconds, cwd, env }: CommandOptions,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { cwd, env, timeout: seconds * 1000, maxBuffer: 2 ** 26, encoding: 'utf8' } as const;
    const child = execFile(file, [...args], options, (error, stdout, stderr) => {
      const late = error?.killed ? `${file} was not done after ${seconds} s` : undefined;
      const missing = error?.code === 'ENOENT' ? `there is no program ${file}` : undefined;
      const why = error ? (late ?? missing ?? tellingLine(stderr, stdout) ?? error.message) : '';
      resolve({ ok: !error, stdout, stderr, why });
    });
    // Nobody answers questions of installers.
    child.stdin?.end();
  });
}

/** The line that says what went wrong, among all that an installer or compiler writes. */
function tellingLine(...texts: readonly string[]): string | undefined {
  const lines = texts.flatMap((text) => text.split('\n').map((line) => line.trim())).filter(Boolean);
  return lines.find((line) => /\berror\b|\bcannot\b|ENOTFOUND|not found/i.test(line)) ?? lines.at(-1);
}
