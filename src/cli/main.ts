import { CommanderError } from 'commander';
import { reportError } from './errors.js';
import type { Io } from './io.js';
import { programFor } from './program.js';
import { type LoadRunner, loadRunner } from './services.js';
import { normaliseSpelling } from './spelling.js';

/**
 * The command line without a process around it.
 *
 * @param argv the arguments after the program's name
 * @returns the exit code: 0 done, 1 a defect, 2 something the user can mend, 130 and 143 stopped by a signal
 */
export async function main(argv: readonly string[], io: Io, load: LoadRunner = loadRunner): Promise<number> {
  let code = 0;
  const program = programFor(io, load, (exit) => {
    code = exit;
  });
  try {
    await program.parseAsync(argv.length === 0 ? ['--help'] : normaliseSpelling(argv), { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return reportError(error, io, argv.includes('--verbose'));
  }
}
