export type { PickleValue, TorchTensor } from './pickle/values.js';
export { decodePth, type Pth, readPth } from './read.js';
export { isTensor, readState, type StateValue, type TrainingState } from './state.js';
export { encodePth, type Writable, writePth } from './write.js';
