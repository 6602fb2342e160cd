export { changesBetween, effectiveOptions } from './changes.js';
export { renderReport } from './render.js';
export { SoFar } from './so-far.js';
export type { Change, Environment, OptionsInput, ReportInput, Scene } from './types.js';
export { writeReport } from './write.js';
