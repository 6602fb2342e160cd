import { type EngineName, type ExecutionName, engines } from '../../src/engines/index.js';

type Name = Exclude<EngineName, 'auto'>;

/** ESRGAN_TEST_ENGINE=onnxruntime:webgpu tries that one alone, e.g. on a machine with a graphics card. */
const [asked, execution = 'auto'] = process.env.ESRGAN_TEST_ENGINE?.split(':') ?? [];

/** Whether one engine is tried alone. */
export const alone = asked !== undefined;

/** The engines that are compared with tfjs' plain JavaScript: those that this machine has. */
export const present: readonly Name[] = engines
  .filter(({ name }) => (asked === undefined ? name !== 'cpu' : name === asked))
  .filter((engine) => engine.available().ok)
  .map(({ name }) => name);

/** What an engine shall compute on. */
export const executionOf = (engine: EngineName): ExecutionName =>
  engine === asked ? (execution as ExecutionName) : 'auto';

/** How tests call it. Folders of tests are named after them: those of another execution must not be the same. */
export const titleOf = (engine: EngineName): string => {
  const on = executionOf(engine);
  return on === 'auto' ? engine : `${engine} on ${on}`;
};

/** One line for each engine whose tests cannot run here, and why. */
export const notRun: readonly string[] = engines.flatMap((engine) => {
  const found = engine.available();
  return found.ok ? [] : [`not run: the ${engine.name} engine, because ${found.reason}`];
});
