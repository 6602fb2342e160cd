import { availableParallelism, cpus, totalmem } from 'node:os';
import { candidates } from '../engines/choose.js';
import { engines } from '../engines/index.js';
import { type Measurement, readMeasurements } from '../engines/measurements.js';
import type { Engine } from '../engines/types.js';
import { checks } from './checks.js';
import { measure } from './measure.js';
import { remember } from './remember.js';
import type { DoctorReport, EngineReport } from './types.js';

export type { Check, DoctorReport, EngineReport, Measured } from './types.js';

export interface DoctorOptions {
  /** Only look what is there: nothing is measured and nothing remembered. */
  readonly quick?: boolean;
  /** Told what is being looked at: `onnxruntime on cpu`. */
  onProgress?(what: string): void;
}

/**
 * Looks at everything that training depends on, and measures every engine on everything it may compute on here.
 * What it measures is remembered in the user's cache folder: `engine: auto` takes the fastest from then on.
 */
export async function doctor({ quick = false, onProgress }: DoctorOptions = {}): Promise<DoctorReport> {
  const rest = await checks();
  const reports: EngineReport[] = [];
  for (const engine of engines.filter(({ name }) => name !== 'cpu')) {
    const available = engine.available();
    if (!available.ok) {
      reports.push({ engine: engine.name, found: false, ...reasonOf(available) });
      continue;
    }
    for (const execution of possibleHere(engine)) {
      onProgress?.(`${engine.name} on ${execution}`);
      reports.push(await measure({ engine: engine.name, execution, quick }));
    }
  }
  const measured = reports.flatMap(asMeasurement).sort((a, b) => a.step_ms - b.step_ms);
  const { file, check } = quick ? {} : remember(measured);
  const [processor] = cpus();
  return {
    machine: {
      processor: processor?.model.trim() ?? 'unknown',
      cores: availableParallelism(),
      memory: totalmem(),
      platform: `${process.platform} ${process.arch}`,
      node: process.version,
    },
    engines: reports,
    auto: automatic(reports, quick ? readMeasurements() : measured),
    checks: check ? [...rest, check] : rest,
    remembered: file,
  };
}

const reasonOf = ({ reason, remedy }: { readonly reason: string; readonly remedy: string }) => ({
  reason,
  remedy,
});

/** Interfaces to graphics cards that only another system has are not worth a line. */
function possibleHere({ executions }: Engine): Engine['executions'] {
  const elsewhere: readonly string[] = [
    ...(process.platform === 'darwin' ? ['cuda'] : ['coreml']),
    ...(process.platform === 'win32' ? [] : ['dml']),
  ];
  return executions.filter((execution) => !elsewhere.includes(execution));
}

function asMeasurement({ engine, execution, measured }: EngineReport): Measurement[] {
  return execution && measured ? [{ engine, execution, step_ms: measured.step_ms }] : [];
}

/** As `useEngine('auto')` chooses, among those that were found to start. */
function automatic(reports: readonly EngineReport[], measured: readonly Measurement[]): DoctorReport['auto'] {
  for (const { engine, execution, why } of candidates(engines, measured, 'auto')) {
    const found = reports.find(
      (report) =>
        report.found &&
        report.engine === engine.name &&
        (execution === 'auto' || report.execution === execution),
    );
    if (!found?.execution) continue;
    const unmeasured = 'nothing was measured yet: the first that is there of onnxruntime, tensorflow, wasm';
    return { engine: engine.name, execution: found.execution, why: why ?? unmeasured };
  }
  return undefined;
}
