export { type ParquetColumn, ParquetFile } from './parquet-file.js';
