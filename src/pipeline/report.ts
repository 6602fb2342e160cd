import { copyFile, mkdir, readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { packageRoot } from '../config/package-root.js';
import type { Pipeline } from '../config/pipeline-file.js';
import type { PlanSummary, RunEvent, RunSummary } from '../events.js';
import { type Environment, type Picture, type ReportInput, SoFar, writeReport } from '../report/index.js';

/** Gathers what a run says and writes its report into `pipeline.out`, if there is one. */
export class ReportWriter {
  readonly #started = new Date();
  /** The last picture of each held-back photograph, by the photograph's name. */
  readonly #pictures = new Map<string, string>();
  readonly #soFar = new SoFar();
  /** The reports of validations, one after the other. */
  #writing: Promise<unknown> = Promise.resolve();
  #plan?: PlanSummary;
  #engine?: { name: string; reason: string };

  constructor(
    readonly pipeline: Pipeline,
    readonly command = `esrgan run ${pipeline.file}`,
  ) {}

  event(event: RunEvent): void {
    if (event.type === 'plan') this.#plan = event.plan;
    if (event.type === 'engine') this.#engine = { name: event.engine, reason: event.reason };
    if (event.type === 'saved' && event.what === 'picture')
      this.#pictures.set(path.parse(event.path).name.replace(/_\d+$/, ''), event.path);
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
    const { out, name, given = [] } = this.pipeline;
    // Of an option file this is the pipeline that it amounts to.
    const text = this.pipeline.text ?? given.at(-1)?.text ?? '';
    if (out === undefined || this.#plan === undefined) return undefined;
    const folder = path.resolve(out);
    await mkdir(folder, { recursive: true });
    const pictures: Picture[] = [];
    for (const [title, file] of this.#pictures) {
      await copyFile(file, path.join(folder, `${title}.png`));
      pictures.push({
        title,
        png: await readFile(file),
        alt: `${title}: lq, bicubic, network and gt side by side`,
      });
    }
    return writeReport(folder, {
      pipeline: { name, text },
      summary,
      plan: this.#plan,
      engine: this.#engine,
      pictures,
      running,
      environment: await environment(),
      command: this.command,
      started: this.#started,
    });
  }
}

async function environment(): Promise<Environment> {
  const { version } = JSON.parse(await readFile(path.join(packageRoot, 'package.json'), 'utf8')) as {
    version: string;
  };
  const cpus = os.cpus();
  return {
    node: process.version,
    platform: `${os.platform()} ${os.release()} ${os.arch()}`,
    cpu: cpus[0]?.model.trim() ?? 'unknown',
    cores: cpus.length,
    memory: os.totalmem(),
    version,
  };
}
