export { damagedFiles, type Finished, finishUnits } from './finish.js';
export { type Layout, range, type UnitTarget, unitOf, unitSize } from './layout.js';
export { finishedAt, finishedUnit, outputFolder, type UnitRecord } from './records.js';
export { type WriteUnits, writeUnits } from './write-units.js';
