import { copyFile, rename, rm } from 'node:fs/promises';
import { temporaryName } from '../formats/atomic.js';
import { stateDict } from '../networks/index.js';
import { saveCheckpoint } from './checkpoint.js';
import { asDiskError, freeBytes, mustFit } from './disk.js';
import type { Experiment } from './experiment.js';
import type { TrainOptions } from './options.js';
import { prune } from './retention.js';
import { writeState } from './state/file.js';
import { optimizerState, vectorState } from './state/optimizer.js';
import type { Progress } from './state/types.js';
import type { Trainee } from './trainee.js';

/** Writes what a run leaves behind: weights, and the state from which it can go on. */
export class Saver {
  readonly #experiment: Experiment;
  readonly #trainee: Trainee;
  readonly #options: TrainOptions;
  readonly #recipe: unknown;
  readonly #free: typeof freeBytes;

  constructor(
    experiment: Experiment,
    trainee: Trainee,
    options: TrainOptions,
    recipe: unknown,
    free = freeBytes,
  ) {
    this.#experiment = experiment;
    this.#trainee = trainee;
    this.#options = options;
    this.#recipe = recipe;
    this.#free = free;
  }

  /** Bytes that weights and state take, about. */
  get bytes(): number {
    const { generator, discriminator } = this.#trainee;
    // Two sets of weights of the generator, one of the discriminator, two running means of each.
    return 4 * (4 * generator.layout.size + 3 * (discriminator?.layout.size ?? 0)) + 2 ** 20;
  }

  /**
   * Writes the weights of an iteration and then its state: a state is never without its weights. Each file
   * appears whole or not at all; earlier ones are deleted only when the new ones are there.
   * @returns the generator's file
   * @throws EsrganError `DISK_FULL`
   */
  async save(progress: Progress): Promise<string> {
    const { iter } = progress;
    const { generator, discriminator } = this.#trainee;
    const d = discriminator;
    return this.#writing(this.bytes, async () => {
      const file = await this.weights(iter, iter);
      if (d)
        await saveCheckpoint({
          file: this.#experiment.model('net_d', iter),
          sets: { params: await stateDict(d.network) },
          metadata: { network_d: JSON.stringify(this.#options.network_d), iter: `${iter}` },
        });
      await writeState({
        file: this.#experiment.state(iter),
        progress,
        recipe: this.#recipe,
        optimizers: { g: await optimizerState(generator), d: d && (await optimizerState(d)) },
      });
      await prune(this.#experiment, this.#options.logger);
      return file;
    });
  }

  /** Writes `net_g_<name>` alone. */
  async weights(iter: number, name: number | string): Promise<string> {
    const { generator, ema } = this.#trainee;
    const file = this.#experiment.model('net_g', name);
    const params = await stateDict(generator.network);
    const params_ema = await vectorState(generator, ema.vector);
    const metadata = {
      network_g: JSON.stringify(this.#options.network_g),
      scale: `${generator.network.scale}`,
      iter: `${iter}`,
    };
    return this.#writing(8 * generator.layout.size, async () => {
      await saveCheckpoint({ file, sets: { params, params_ema }, metadata });
      return file;
    });
  }

  /** The last weights once more, under a name that does not change. */
  async latest(file: string): Promise<void> {
    const latest = this.#experiment.model('net_g', 'latest');
    const temporary = temporaryName(latest);
    await this.#writing(8 * this.#trainee.generator.layout.size, async () => {
      try {
        await copyFile(file, temporary);
        await rename(temporary, latest);
      } finally {
        await rm(temporary, { force: true });
      }
    });
  }

  async #writing<T>(bytes: number, write: () => Promise<T>): Promise<T> {
    const { root } = this.#experiment;
    await mustFit(root, bytes, this.#free);
    try {
      return await write();
    } catch (error) {
      throw asDiskError(error, root, bytes);
    }
  }
}
