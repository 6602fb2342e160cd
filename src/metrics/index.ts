export type { MetricOptions } from './planes.js';
export { psnr } from './psnr.js';
export { ssim } from './ssim.js';
