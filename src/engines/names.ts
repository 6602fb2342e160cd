/** What computes: `auto` takes the fastest that is there; `cpu` is plain JavaScript, for checks. */
export const engineNames = ['auto', 'onnxruntime', 'tensorflow', 'wasm', 'cpu'] as const;
export type EngineName = (typeof engineNames)[number];

/** On what an engine computes: a processor or an interface to a graphics card; `auto` leaves it to the engine. */
export const executionNames = ['auto', 'cpu', 'webgpu', 'cuda', 'coreml', 'dml'] as const;
export type ExecutionName = (typeof executionNames)[number];

/** In the order in which `auto` tries engines where nothing was measured. */
export const automaticEngines = ['onnxruntime', 'tensorflow', 'wasm'] as const;
