export { renderReport } from './render.js';
export type { Environment, Picture, ReportInput } from './types.js';
export { writeReport } from './write.js';
