import type { TrainOptions } from '../../training/options.js';
import type { Problem } from '../problems.js';
import { adversarial, type OptionFile } from './option-file.js';
import { validationSets } from './train-input.js';

/** What is wrong when a generator enlarges by another factor than that of the pairs, and the key that says so. */
export function otherFactor(
  network: TrainOptions['network_g'],
  scale: number,
): { readonly key: 'upscale' | 'scale'; readonly message: string } | undefined {
  const key = 'upscale' in network ? 'upscale' : 'scale';
  const factor = 'upscale' in network ? network.upscale : network.scale;
  if (factor === scale) return undefined;
  return {
    key,
    message: `network_g enlarges ${factor} times, but scale is ${scale}: write ${key}: ${scale}`,
  };
}

/** Rules between the two halves of an option file. */
export function modelProblems(
  { model_type, scale }: OptionFile,
  { network_g, train }: TrainOptions,
  file: unknown,
): Problem[] {
  const problems: Problem[] = [];
  const say = (path: string[], at: Problem['at'], message: string): void => {
    problems.push({ path, at, message });
  };
  if (adversarial(model_type) && !train.gan_opt)
    say(
      ['model_type'],
      'value',
      `${model_type} trains with a discriminator: give train.gan_opt and network_d`,
    );
  const other = otherFactor(network_g, scale);
  if (other) say(['network_g', other.key], 'value', other.message);
  const [, ...more] = validationSets(file);
  for (const set of more)
    say(['datasets', set], 'key', 'a run has one validation set: put the pictures into one folder');
  return problems;
}
