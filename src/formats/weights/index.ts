export { type Architecture, recognise } from './architecture.js';
export { type Converted, type ConvertOptions, convertWeights } from './convert.js';
export { type InspectedModel, type InspectedState, type InspectedWeights, inspectFile } from './inspect.js';
export { noSuchSet, readWeights, type WeightSets, type Weights } from './read.js';
export { writeWeights } from './write.js';
