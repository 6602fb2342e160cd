export { reflected } from '../simd/float/index.js';
