export { checkAddress, isRemote, joinAddress, nameBelow, nameOf, shownAddress } from './address.js';
export { Failure } from './failure.js';
export { Reader } from './reader.js';
