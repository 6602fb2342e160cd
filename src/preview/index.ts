export { type PreviewOptions, preview } from './preview.js';
export { renderPreview } from './render.js';
export { contactSheet } from './sheet.js';
export { previewRows, tracedRow } from './strips.js';
export { type TraceWanted, trace } from './trace.js';
export type { PreviewData, TracedPair, TracedStep } from './types.js';
