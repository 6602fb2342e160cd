import { copyFile, rename } from 'node:fs/promises';
import type { RunEvent, RunSummary } from '../events.js';
import { temporaryName, writeFileAtomic } from '../formats/atomic.js';
import { createPixelLoss } from '../losses/index.js';
import { createNetwork, type Network } from '../networks/index.js';
import { createAdam } from './adam.js';
import { type Checkpoint, loadWeights, readCheckpoint, saveGenerator } from './checkpoint.js';
import { createEma, withWeights } from './ema.js';
import type { Experiment } from './experiment.js';
import type { TrainOptions } from './options.js';
import type { Trainee } from './step.js';
import { comparison, type Photograph, readPhotographs, validate } from './validation/validate.js';

type Emit = (event: RunEvent) => void;

/** What lives as long as a training run: the network and its optimizer, the held-back photographs, the files. */
export class Session {
  readonly validation: NonNullable<RunSummary['validation']>[number][] = [];
  pictures: string[] = [];

  private constructor(
    readonly trainee: Trainee,
    private readonly photographs: readonly Photograph[],
    private readonly options: TrainOptions,
    private readonly experiment: Experiment,
    private readonly emit: Emit,
  ) {}

  static async open(options: TrainOptions, experiment: Experiment, emit: Emit): Promise<Session> {
    const { pretrain_network_g } = options.path;
    const start = pretrain_network_g ? await readCheckpoint(pretrain_network_g) : undefined;
    const network = createNetwork(options.network_g, `${options.manual_seed}`);
    try {
      const photographs = options.val ? await readPhotographs(options.val.images, network.scale) : [];
      return new Session(createTrainee(network, options, start), photographs, options, experiment, emit);
    } catch (error) {
      network.dispose();
      throw error;
    }
  }

  /** Writes `net_g_<iter>.safetensors` and returns its path. */
  async save(iter: number): Promise<string> {
    const file = this.experiment.checkpoint(iter);
    const { network, ema } = this.trainee;
    await saveGenerator(file, { network, ema: ema.values, network_g: this.options.network_g, iter });
    this.emit({ type: 'saved', what: 'checkpoint', path: file });
    return file;
  }

  /** Writes the last checkpoint, and once more as `net_g_latest.safetensors`. */
  async finish(iter: number): Promise<string> {
    const file = await this.save(iter);
    const latest = this.experiment.checkpoint('latest');
    const temporary = temporaryName(latest);
    await copyFile(file, temporary);
    await rename(temporary, latest);
    return file;
  }

  /** Measures the EMA weights on the held-back photographs. */
  async validate(iter: number): Promise<void> {
    if (this.photographs.length === 0) return;
    const { network, ema } = this.trainee;
    const results = await withWeights(network.parameters, ema.values, () => this.#measure(iter));
    this.validation.push({ iter, results });
    this.emit({ type: 'validation', iter, results });
  }

  async #measure(iter: number) {
    const results = [];
    this.pictures = [];
    for (const photograph of this.photographs) {
      const validated = await validate(this.trainee.network, photograph);
      results.push(validated.result);
      if (!this.options.val?.save_img) continue;
      const path = this.experiment.picture(photograph.name, iter);
      await writeFileAtomic(path, await comparison(photograph, validated));
      this.pictures.push(path);
      this.emit({ type: 'saved', what: 'picture', path });
    }
    return results;
  }

  dispose(): void {
    const { network, adam, ema } = this.trainee;
    for (const part of [network, adam, ema]) part.dispose();
  }
}

/** The averaged weights start from the file's averaged ones, whichever the network itself starts from. */
function createTrainee(network: Network, options: TrainOptions, start: Checkpoint | undefined): Trainee {
  const { ema_decay, optim_g, pixel_opt } = options.train;
  const { param_key_g, strict_load_g } = options.path;
  if (start) loadWeights(network, start, 'params_ema', strict_load_g);
  const ema = createEma(network.parameters, ema_decay);
  if (start) loadWeights(network, start, param_key_g, strict_load_g);
  const adam = createAdam(network.parameters, optim_g);
  return { network, loss: createPixelLoss(pixel_opt), adam, ema };
}
