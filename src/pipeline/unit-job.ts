import { concatMap, type OperatorFunction, toArray } from 'rxjs';
import type { Pipeline } from '../config/pipeline-file.js';
import type { Arena, Meter } from '../flow/index.js';
import { type EpochOrder, planEpochs, type RunOrder } from '../plan/epochs.js';
import { pick } from '../plan/pick.js';
import type { Step } from '../plan/steps.js';
import type { Source, Visit } from '../plan/types.js';
import type { Workers } from '../stages/workers/workers.js';
import { openFolder } from '../stages/write/folder.js';
import { ALREADY_THERE } from '../stages/write/skip-written.js';
import {
  type Finished,
  finishedUnit,
  finishUnits,
  outputFolder,
  range,
  type UnitTarget,
  unitOf,
  writeUnits,
} from '../stages/write/units/index.js';
import type { Account } from './account.js';
import { type UnitPlan, unitPlan, unitTarget } from './unit-layout.js';

/** A part of a run that one of several processes does; see `src/shards`. */
export interface RunPart {
  /** The photographs of the whole run, with their headers as they were when it was planned. */
  readonly sources: readonly Source[];
  /** Units to write, the end excluded. */
  readonly from: number;
  readonly to: number;
}

/** Writes the samples of a run unit by unit; those that are finished already are neither decoded nor written. */
export class UnitJob {
  #plan?: UnitPlan;

  constructor(
    readonly pipeline: Pipeline,
    readonly target: UnitTarget,
    readonly account: Account,
    readonly part?: RunPart,
  ) {}

  /** Whether a run is of this kind; pictures in one folder are only when a part of it is done. */
  static of(pipeline: Pipeline, account: Account, part?: RunPart): UnitJob | undefined {
    const target = unitTarget(pipeline);
    if (!target || (target.kind === 'write' && !part)) return undefined;
    return new UnitJob(pipeline, target, account, part);
  }

  /** In place of `shuffle`: the steps that are still to be done. */
  steps(run: RunOrder, order: EpochOrder): OperatorFunction<Visit, Iterable<Step>> {
    return (visits) =>
      visits.pipe(
        toArray(),
        concatMap((all) => this.#prepare(all, run, order)),
      );
  }

  async #prepare(all: Visit[], run: RunOrder, order: EpochOrder): Promise<Iterable<Step>> {
    const plan = unitPlan(this.pipeline, this.target, all);
    this.#plan = plan;
    const { layout } = plan;
    await openUnits(this.pipeline, this.target, plan, this.part !== undefined);
    const { from = 0, to = layout.units } = this.part ?? {};
    const due: number[] = [];
    for (let unit = from; unit < to; unit++) {
      const record = finishedUnit(this.target, layout, unit);
      if (record) this.account.existing += this.pictures(record.samples);
      else due.push(unit);
    }
    if (due.length === 0) return [];
    const wanted = new Set(due);
    const start = range(layout, due[0]).from;
    return pick(
      () => planEpochs(all, { ...run, start }, order),
      ({ position }) => wanted.has(unitOf(layout, position)),
      range(layout, due[due.length - 1]).to,
    );
  }

  write(tools: { readonly workers: Workers; readonly arena: Arena; readonly meter: Meter }) {
    const layout = () => this.#known().layout;
    const lists = this.pipeline.stages.metadata ?? {};
    return writeUnits({ target: this.target, layout, lists, ...tools });
  }

  /** What is made of all units; nothing when this was a part of a run. */
  async finish(): Promise<Finished['lists']> {
    if (this.part) return [];
    const { lists } = await finishUnits(
      this.target,
      this.#known().layout,
      this.pipeline.stages.metadata ?? {},
    );
    return lists;
  }

  /** Pictures that so many samples make. */
  pictures(samples: number): number {
    const { kind, options } = this.target;
    const pairs = kind === 'pairs' || (kind === 'webdataset' && options.content === 'pairs');
    return pairs ? 2 * samples : samples;
  }

  /** Why photographs were not needed when all went well; empty for those that other processes take. */
  get unreached(): string {
    return this.part ? '' : ALREADY_THERE;
  }

  #known(): UnitPlan {
    if (!this.#plan) throw new Error('the run has not been planned');
    return this.#plan;
  }
}

function openUnits(
  { stages: { multiscale, crop } }: Pipeline,
  target: UnitTarget,
  { settings }: UnitPlan,
  shared: boolean,
): Promise<void> {
  if (target.kind !== 'write') return openFolder(outputFolder(target), settings, shared);
  // As a run without parts does it, so that the folder is the same.
  const { folder, ...format } = target.options;
  return openFolder(folder, { multiscale, crop, ...format }, shared);
}
