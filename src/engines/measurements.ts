import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder } from './cache.js';
import { machineKey } from './machine.js';
import { type EngineName, type ExecutionName, engineNames, executionNames } from './names.js';

/** How fast an engine was on something, in the small training step that `doctor` measures. */
export interface Measurement {
  readonly engine: Exclude<EngineName, 'auto'>;
  readonly execution: Exclude<ExecutionName, 'auto'>;
  /** Milliseconds a step. */
  readonly step_ms: number;
}

interface MeasurementFile {
  readonly machine: string;
  readonly measured: readonly Measurement[];
}

const file = (): string => cacheFolder('engines.json');

/** What was measured on this machine with these versions, fastest first; empty when nothing was. */
export function readMeasurements(): readonly Measurement[] {
  try {
    const content = JSON.parse(readFileSync(file(), 'utf8')) as Partial<MeasurementFile> | null;
    if (content?.machine !== machineKey() || !Array.isArray(content.measured)) return [];
    return content.measured.filter(isMeasurement).sort((a, b) => a.step_ms - b.step_ms);
  } catch {
    return [];
  }
}

/**
 * Remembers measurements for `engine: auto`, in place of those before.
 * @returns the file they were written to
 */
export function writeMeasurements(measured: readonly Measurement[]): string {
  const target = file();
  const content: MeasurementFile = { machine: machineKey(), measured };
  mkdirSync(path.dirname(target), { recursive: true });
  const temporary = `${target}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(content, null, 2)}\n`);
  renameSync(temporary, target);
  return target;
}

function isMeasurement(value: Partial<Measurement> | null): value is Measurement {
  const { engine, execution, step_ms } = value ?? {};
  return (
    engineNames.some((name) => name === engine) &&
    executionNames.some((name) => name === execution) &&
    typeof step_ms === 'number' &&
    step_ms > 0
  );
}
