export { Arena, type Block } from './arena.js';
export { Budget, type Lease } from './budget.js';
export { Gate } from './gate.js';
export { MOST_MEMORY, sharedMemory } from './memory.js';
export { Meter } from './meter.js';
export { orderedMap } from './ordered.js';
export { Pool, resourceLimits } from './pool.js';
export { pull, Queue } from './queue.js';
