export { allFinite, clampUnit, combine, combineClamped, differs, mix } from './arithmetic.js';
export { bytesToPlanar, type Planar, planarToBytes, type Walk, type Window } from './bytes.js';
export { type Correlation, correlate, type Layout, layoutOf } from './correlate.js';
export { floatMemory } from './memory.js';
export { type DrawNormals, type NormalTables, normalDrawer } from './normal.js';
export { reflectColumns, reflected, reflectPlanes } from './reflect.js';
export { type RowSums, sumRows } from './rows.js';
export { oneRun, Runs, runPerOutput } from './runs.js';
