export { type QueueAddress, queueAddress } from './address.js';
export { type ConnectionEvent, connectQueue } from './connect.js';
export type { QueueEvent, QueueWork, RunShard } from './shard-worker.js';
export { queueStatus } from './status.js';
export { workFromQueue } from './work-queue.js';
