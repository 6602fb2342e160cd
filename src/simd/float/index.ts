export { allFinite, clampUnit, combine, combineClamped, differs, mix } from './arithmetic.js';
export { bytesToPlanar, type Planar, planarToBytes, type Walk, type Window } from './bytes.js';
export { type Correlation, correlate, type Layout, layoutOf } from './correlate.js';
export { type FilterJob, filterPlanes, filterTurned, type TurnJob } from './filter.js';
export { floatMemory, withoutKernels } from './memory.js';
export { type DrawNormals, type NormalTables, normalDrawer } from './normal.js';
export { reflected, reflectPlanes, reflectRows } from './reflect.js';
export { type RowSums, sumRows } from './rows.js';
export { kernelRuns, Runs, runPerOutput, type Span, type Weights } from './runs.js';
