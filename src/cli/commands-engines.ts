import type { Command } from 'commander';
import type { DoctorFlags } from './commands/doctor.js';
import type { SetupFlags } from './commands/setup.js';
import type { Io } from './io.js';

/** The commands about what computes. */
export function addEngines(program: Command, io: Io, leave: (code: number) => void): void {
  program
    .command('doctor')
    .description('show and measure what this machine can train with, and what `engine: auto` takes')
    .option('--quick', 'only look what is there; measure and remember nothing')
    .option('--json', 'print everything as JSON')
    .action(async (flags: DoctorFlags) => {
      const { doctor } = await import('./commands/doctor.js');
      leave(await doctor(flags, io));
    });
  program
    .command('setup')
    .description('make an engine present that does not come with the package')
    .command('tensorflow')
    .description('fetch the native addon of TensorFlow, or compile it against an installed TensorFlow')
    .option(
      '--python <path>',
      'a Python with TensorFlow, its virtual environment, or a folder of its C library',
    )
    .option('--yes', 'create a virtual environment with TensorFlow when there is none, without asking')
    .action(async (flags: SetupFlags) => {
      const { setup } = await import('./commands/setup.js');
      leave(await setup(flags, io));
    });
}
