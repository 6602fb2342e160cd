export { autoShards, checkShard } from './auto.js';
export { type MadePlan, makePlan } from './make-plan.js';
export { type Merged, mergeShards } from './merge.js';
export {
  type PlannedFile,
  type PlannedSource,
  readPlan,
  type Shard,
  type ShardPlan,
  writePlan,
} from './plan-file.js';
export { folderStatus, type PlanStatus, type WorkerStatus } from './status.js';
export { prepareShard, type ShardWork } from './work.js';
