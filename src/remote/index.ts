export { checkAddress, isRemote, joinAddress, nameBelow, nameOf, shownAddress } from './address.js';
export { Failure } from './failure.js';
export { Reader, type ReaderOptions } from './reader.js';
export type { Piece } from './store.js';
