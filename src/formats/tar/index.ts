export { type ReadTarOptions, readTar, staysInside, type TarMember } from './read.js';
export { addMember, TarFile, type WrittenFile } from './write.js';
