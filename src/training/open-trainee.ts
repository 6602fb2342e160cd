import { createDiscriminator, createNetwork, type Stateful } from '../networks/index.js';
import { type Checkpoint, loadWeights, readCheckpoint } from './checkpoint.js';
import { createCriteria } from './criteria.js';
import type { TrainOptions } from './options.js';
import type { Prepared } from './prepare.js';
import { named } from './state/basicsr.js';
import { setOptimizerState } from './state/optimizer.js';
import type { TrainingState } from './state/types.js';
import { createTrainee, disposeTrainee, type Side, settle, type Trainee } from './trainee.js';

export interface OpenTrainee {
  readonly trainee: Trainee;
  dispose(): void;
}

/**
 * Makes the networks, their optimizers and their losses, and gives them the weights and the state to start from.
 * @throws EsrganError when a file cannot be read or does not fit; nothing is left behind then
 */
export async function openTrainee(
  options: TrainOptions,
  { start, resumed }: Pick<Prepared, 'start' | 'resumed'>,
): Promise<OpenTrainee> {
  // Read everything first: an engine's memory is only taken for networks that will be trained.
  const weightsG = start.g === undefined ? undefined : await readCheckpoint(start.g);
  const weightsD = start.d === undefined ? undefined : await readCheckpoint(start.d);
  const criteria = await createCriteria(options.train, options.logger.log_samples);
  const { manual_seed, network_d, path: paths, train } = options;
  const g = createNetwork(options.network_g, `${manual_seed}`);
  const d = train.gan_opt && network_d ? createDiscriminator(network_d, `${manual_seed} d`) : undefined;
  const owned: { dispose(): void }[] = [criteria, g, ...(d ? [d] : [])];
  try {
    // The averaged weights start from the file's averaged ones, whichever the network itself starts from.
    if (weightsG) loadWeights(g, weightsG, 'params_ema', paths.strict_load_g);
    if (d && weightsD) loadWeights(d, weightsD, paths.param_key_d, paths.strict_load_d);
    const trainee = createTrainee({ g, d }, criteria, train);
    owned.splice(1, owned.length, { dispose: () => disposeTrainee(trainee) });
    if (weightsG) startFrom(trainee.generator, weightsG, keyOf(options, resumed), paths.strict_load_g);
    if (resumed) resumeOptimizers(trainee, resumed);
    await settle(trainee);
    return { trainee, dispose: () => disposeAll(owned) };
  } catch (error) {
    disposeAll(owned);
    throw error;
  }
}

const disposeAll = (owned: readonly { dispose(): void }[]): void => {
  for (const part of owned) part.dispose();
};

/** A run that goes on has both sets of weights; one that starts from a file begins with those it names. */
function keyOf({ path: paths }: TrainOptions, resumed?: TrainingState): 'params' | 'params_ema' {
  return resumed && !paths.ignore_resume_networks.includes('network_g') ? 'params' : paths.param_key_g;
}

function startFrom(side: Side<Stateful>, weights: Checkpoint, key: 'params' | 'params_ema', strict: boolean) {
  loadWeights(side.network, weights, key, strict);
  side.weights.refresh();
}

function resumeOptimizers({ generator, discriminator }: Trainee, { optimizers }: TrainingState): void {
  const set = (side: Side<Stateful>, state = optimizers.g): void =>
    setOptimizerState(side, named(state, [...side.parameters.keys()]));
  set(generator);
  if (discriminator && optimizers.d) set(discriminator, optimizers.d);
}
