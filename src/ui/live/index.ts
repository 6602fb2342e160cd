export { openExperiments } from './experiments.js';
export { type LiveOptions, type LivePage, type LiveSource, openLive } from './live.js';
