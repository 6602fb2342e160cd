export { renderReport } from './render.js';
export { SoFar } from './so-far.js';
export type { Environment, Picture, ReportInput } from './types.js';
export { writeReport } from './write.js';
