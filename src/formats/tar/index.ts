export { padded } from './header.js';
export { type ReadTarOptions, readTar, staysInside, type TarMember } from './read.js';
export { compressionOf, type Place, type ReadPart, scanTar, TarDamage } from './scan.js';
export { tarHeader } from './ustar.js';
export { addMember, TarFile, type WrittenFile } from './write.js';
