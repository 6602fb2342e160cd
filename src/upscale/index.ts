export { type BandOptions, enlarge, enlargeBands } from './bands.js';
export type { Enlarger } from './enlarger.js';
export { type UpscaledFile, type UpscaleOptions, type UpscaleProgress, upscaleFiles } from './files.js';
export { type LoadOptions, loadEnlarger } from './load.js';
export type { TileOptions } from './tiles.js';
export { type OutputFormat, outputFormats } from './write.js';
