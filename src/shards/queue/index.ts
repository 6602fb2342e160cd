export { type QueueAddress, queueAddress } from './address.js';
export { type ConnectionEvent, connectQueue } from './connect.js';
export { queueStatus } from './status.js';
export { type QueueEvent, type QueueWork, type RunShard, workFromQueue } from './work-queue.js';
