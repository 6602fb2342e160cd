export { type Architecture, recognise } from './architecture.js';
export { readWeights, type WeightSets, type Weights } from './read.js';
export { writeWeights } from './write.js';
