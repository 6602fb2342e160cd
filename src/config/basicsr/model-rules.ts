import type { TrainOptions } from '../../training/options.js';
import type { Problem } from '../problems.js';
import { adversarial, type OptionFile } from './option-file.js';
import { validationSets } from './train-input.js';

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
  const factor = 'upscale' in network_g ? network_g.upscale : network_g.scale;
  const key = 'upscale' in network_g ? 'upscale' : 'scale';
  if (factor !== scale)
    say(
      ['network_g', key],
      'value',
      `network_g enlarges ${factor} times, but scale is ${scale}: write ${key}: ${scale}`,
    );
  const [, ...more] = validationSets(file);
  for (const set of more)
    say(['datasets', set], 'key', 'a run has one validation set: put the pictures into one folder');
  return problems;
}
