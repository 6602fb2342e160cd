import { defineQuickKernel } from './define.js';

/** To bool: everything but zero is true. tfjs' kernel keeps the lowest eight bits of the whole number instead. */
export const cast = defineQuickKernel('Cast', (backend, { x }, { dtype }) => {
  if (dtype !== 'bool' || (x!.dtype !== 'float32' && x!.dtype !== 'int32')) return undefined;
  const out = backend.makeOutput(x!.shape, 'bool');
  const [from, to] = [backend.typedArrayFromHeap(x!), backend.typedArrayFromHeap(out)];
  for (let i = 0; i < to.length; i++) to[i] = from[i] === 0 ? 0 : 1;
  return out;
});
