import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Pipeline } from '../config/pipeline-file.js';
import type { PlanSummary, RunEvent, RunSummary } from '../events.js';
import { type OptionsInput, type ReportInput, SoFar, writeReport } from '../report/index.js';
import { environment } from './report-environment.js';
import { hashOf, optionsOf } from './report-options.js';
import { SavedPictures } from './report-scenes.js';
import { withoutSignatures } from './without-signatures.js';

/** Gathers what a run says and writes its report into `pipeline.out`, if there is one. */
export class ReportWriter {
  readonly #started = new Date();
  readonly #pictures = new SavedPictures();
  readonly #soFar = new SoFar();
  /** The reports of validations, one after the other. */
  #writing: Promise<unknown> = Promise.resolve();
  #plan?: PlanSummary;
  #options?: Promise<OptionsInput>;
  #engine?: { name: string; reason: string };

  constructor(
    readonly pipeline: Pipeline,
    readonly command = `esrgan run ${pipeline.file}`,
  ) {}

  event(event: RunEvent): void {
    if (event.type === 'plan') this.#plan = event.plan;
    if (event.type === 'engine') this.#engine = { name: event.engine, reason: event.reason };
    if (event.type === 'saved' && event.what === 'picture') this.#pictures.add(event.path);
    this.#soFar.event(event);
    if (event.type === 'validation') this.#interim();
  }

  /** A report of what there is so far; should it fail, so will the one at the end, and say why. */
  #interim(): void {
    const { totalIter } = this.#soFar;
    if (totalIter === undefined) return;
    const summary = this.#soFar.summary(this.pipeline.name);
    this.#writing = this.#writing.then(() => this.#write(summary, { totalIter })).catch(() => undefined);
  }

  async write(summary: RunSummary, emit: (event: RunEvent) => void): Promise<void> {
    await this.#writing;
    const report = await this.#write(summary);
    if (report !== undefined) emit({ type: 'saved', what: 'report', path: report });
  }

  async #write(summary: RunSummary, running?: ReportInput['running']): Promise<string | undefined> {
    const { out, name, seed } = this.pipeline;
    if (out === undefined || this.#plan === undefined) return undefined;
    const folder = path.resolve(out);
    await mkdir(folder, { recursive: true });
    for (const [photograph, file] of this.#pictures.last)
      await copyFile(file, path.join(folder, `${photograph}.png`));
    this.#options ??= optionsOf(this.pipeline);
    const { scenes, more } = await this.#pictures.scenes(summary);
    return writeReport(folder, {
      ...{ name, seed, summary, scenes, running },
      moreScenes: more,
      plan: this.#plan,
      engine: this.#engine,
      steps: this.#soFar.steps,
      moments: this.#soFar.moments,
      options: withoutSignatures(await this.#options),
      hash: hashOf(this.pipeline),
      environment: await environment(),
      command: withoutSignatures(this.command),
      started: this.#started,
    });
  }
}
