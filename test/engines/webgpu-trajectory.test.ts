import { onWebGpu } from './on-webgpu.js';

// A file of its own: it takes as long as all others on WebGPU together.
onWebGpu({ 'the golden run': 'engines/trajectory.test.js' });
