export { type ReadTarOptions, readTar, staysInside, type TarMember } from './read.js';
export { compressionOf, type Place, type ReadPart, scanTar, TarDamage } from './scan.js';
export { endOfTar, tarMember } from './ustar.js';
export { TarFile, type WrittenFile } from './write.js';
