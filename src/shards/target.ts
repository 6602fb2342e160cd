import { unitTarget } from '../pipeline/unit-layout.js';
import { finishedUnit, type UnitTarget } from '../stages/write/units/index.js';
import type { ShardPlan } from './plan-file.js';

/** Where a plan writes. */
export function targetOf({ pipeline }: Pick<ShardPlan, 'pipeline'>): UnitTarget {
  const target = unitTarget(pipeline);
  if (!target) throw new Error('only runs that write pictures are planned');
  return target;
}

/** The units of a shard that are still to be written. */
export function unfinished(plan: ShardPlan, number: number): number[] {
  const { from, to } = plan.shards[number];
  const units = Array.from({ length: to - from }, (_, i) => from + i);
  return units.filter((unit) => !finishedUnit(targetOf(plan), plan.layout, unit));
}
