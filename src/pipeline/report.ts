import { copyFile, mkdir, readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { packageRoot } from '../config/package-root.js';
import type { Pipeline } from '../config/pipeline-file.js';
import type { PlanSummary, RunEvent, RunSummary } from '../events.js';
import { type Environment, type Picture, writeReport } from '../report/index.js';

/** Gathers what a run says and writes its report into `pipeline.out`, if there is one. */
export class ReportWriter {
  readonly #started = new Date();
  /** The last picture of each held-back photograph, by the photograph's name. */
  readonly #pictures = new Map<string, string>();
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
  }

  async write(summary: RunSummary, emit: (event: RunEvent) => void): Promise<void> {
    const { out, name, given = [] } = this.pipeline;
    // Of an option file this is the pipeline that it amounts to.
    const text = this.pipeline.text ?? given.at(-1)?.text ?? '';
    if (out === undefined || this.#plan === undefined) return;
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
    const report = await writeReport(folder, {
      pipeline: { name, text },
      summary,
      plan: this.#plan,
      engine: this.#engine,
      pictures,
      environment: await environment(),
      command: this.command,
      started: this.#started,
    });
    emit({ type: 'saved', what: 'report', path: report });
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
