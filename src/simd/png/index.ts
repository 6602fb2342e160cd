export { type Deflated, RowCoder } from './coder.js';
