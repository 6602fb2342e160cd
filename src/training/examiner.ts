import type { RunEvent, ValidationResult } from '../events.js';
import { writeFileAtomic } from '../formats/atomic.js';
import { withWeights } from './ema.js';
import type { Experiment } from './experiment.js';
import type { TrainOptions } from './options.js';
import type { Trainee } from './trainee.js';
import { type Photograph, readPhotographs } from './validation/photographs.js';
import { comparison, validate } from './validation/validate.js';
import { Views } from './validation/views.js';

/** Measures the averaged weights on the photographs that were held back. */
export class Examiner {
  /** The last side-by-side pictures. */
  pictures: string[] = [];
  readonly #views = new Views();

  private constructor(
    private readonly photographs: readonly Photograph[],
    private readonly options: TrainOptions,
    private readonly experiment: Experiment,
    private readonly emit: (event: RunEvent) => void,
  ) {}

  /** @throws EsrganError `VAL_IMAGES` when the photographs cannot be read */
  static async open(
    options: TrainOptions,
    scale: number,
    experiment: Experiment,
    emit: (event: RunEvent) => void,
  ): Promise<Examiner> {
    const photographs = options.val ? await readPhotographs(options.val, scale) : [];
    return new Examiner(photographs, options, experiment, emit);
  }

  get idle(): boolean {
    return this.photographs.length === 0;
  }

  async examine({ generator, ema }: Trainee, iter: number): Promise<ValidationResult[]> {
    const results = await withWeights(generator.weights, ema.vector, async () => {
      const measured: ValidationResult[] = [];
      this.pictures = [];
      for (const photograph of this.photographs) {
        const validated = await validate(generator.network, photograph, this.options.val?.metrics);
        measured.push(validated.result);
        if (!this.options.val?.save_img) continue;
        const path = this.experiment.picture(photograph.name, iter);
        await writeFileAtomic(path, await comparison(photograph, validated));
        await this.#views.write(this.experiment.views(photograph.name), photograph, validated.sr, iter);
        this.pictures.push(path);
        this.emit({ type: 'saved', what: 'picture', path });
      }
      return measured;
    });
    this.emit({ type: 'validation', iter, results });
    return results;
  }
}
