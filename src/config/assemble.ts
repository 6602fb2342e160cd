import type { Pipeline, PipelineSink, PipelineStages } from './pipeline-file.js';
import type { PipelineFile } from './pipeline-schema.js';

/** The frozen pipeline that a checked file describes. */
export function assemble(
  { stages, name, seed, scale, epochs, memory, workers, out, source }: PipelineFile,
  sink: PipelineSink,
  origin: Pick<Pipeline, 'file' | 'baseFolder' | 'text' | 'given'>,
): Pipeline {
  const named: PipelineStages = Object.assign({}, ...stages);
  return deepFreeze({
    ...{ name, seed, scale, epochs, memory, workers, source },
    out: out ?? (sink.kind === 'train' ? `out/${name}` : undefined),
    stages: named,
    sink,
    ...origin,
  });
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
