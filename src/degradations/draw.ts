import { createRng, deriveSeed, type Rng } from '../random/rng.js';
import type { Chain, ChainStep, Drawn, OperatorStep } from './chain.js';
import type { Json, SampleInfo, Size } from './define.js';
import { failure } from './failure.js';

/**
 * All random draws of a chain for one sample; no pixels are needed. Each step draws from a stream of its own
 * below the sample's seed. `info` holds the size of the image that enters the chain. `drew` is told which step of
 * the chain each entry of the result comes from.
 */
export function drawChain(
  chain: Chain,
  seed: string,
  info: SampleInfo,
  drew?: (step: OperatorStep) => void,
): Drawn[] {
  const drawing: Drawing = { seed, info, size: info, drawn: [], drew };
  drawAll(chain.steps, '', drawing);
  return drawing.drawn;
}

interface Drawing {
  readonly seed: string;
  readonly info: SampleInfo;
  /** Of lq, as it reaches the next step. */
  size: Size;
  readonly drawn: Drawn[];
  readonly drew?: (step: OperatorStep) => void;
}

/** `round` tells the rounds of a repeated group apart: `@1`, `@2`, ... */
function drawAll(steps: readonly ChainStep[], round: string, drawing: Drawing): void {
  for (const step of steps) {
    const stream = step.stream + round;
    const batch = drawing.info.batch && deriveSeed(drawing.info.batch, stream);
    const shared = step.per === 'batch' ? drawing.info.batch : undefined;
    const rng = createRng(deriveSeed(step.seed ?? shared ?? drawing.seed, stream));
    if (!rng.chance(step.prob)) continue;
    if (step.kind === 'operator') drawOperator(step, rng, { ...drawing.info, batch }, drawing);
    else if (step.kind === 'repeat') {
      const times = rng.int(...step.times);
      for (let i = 1; i <= times; i++) drawAll(step.steps, `${round}@${i}`, drawing);
    } else drawAll(chosen(step, rng), round, drawing);
  }
}

function chosen(group: Exclude<ChainStep, OperatorStep>, rng: Rng): readonly ChainStep[] {
  if (group.kind === 'one_of') return [rng.choice(group.steps, group.weights)];
  return group.kind === 'shuffle' ? shuffled(group.steps, rng) : group.steps;
}

function drawOperator(step: OperatorStep, rng: Rng, info: SampleInfo, drawing: Drawing): void {
  const { operator, options, on } = step;
  const { size, drawn } = drawing;
  const gt: Size = { width: info.width, height: info.height };
  let params: Json | undefined;
  try {
    params = operator.sample(rng, options, on === 'lq' ? { ...info, ...sizeOf(size) } : info);
    requireJson(params, 'params');
    if (on === 'lq') drawing.size = operator.size?.(params, size, { scale: info.scale, gt }) ?? size;
  } catch (cause) {
    throw failure(operator.name, info.id, params, cause);
  }
  drawn.push(on === 'lq' ? { name: operator.name, params } : { name: operator.name, params, on });
  drawing.drew?.(step);
}

const sizeOf = ({ width, height }: Size): Size => ({ width, height });

/** Fisher and Yates: every order is equally likely. */
function shuffled<T>(items: readonly T[], rng: Rng): T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = rng.int(0, last);
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}

/** Parameters that JSON would change could not be rebuilt from the provenance. */
function requireJson(value: unknown, at: string): void {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return;
  if (typeof value === 'number' && Number.isFinite(value)) return;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) requireJson(value[i], `${at}[${i}]`);
    return;
  }
  if (typeof value === 'object' && value !== null && isPlain(value)) {
    for (const [key, inner] of Object.entries(value)) requireJson(inner, `${at}.${key}`);
    return;
  }
  const what = typeof value === 'object' ? 'an object with a class' : String(value);
  throw new TypeError(`sample must return plain JSON, but ${at} is ${what}`);
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
