import { doctor as examine } from '../../doctor/index.js';
import { doctorLines } from '../display/doctor.js';
import { paintFor } from '../display/paint.js';
import { type Io, print } from '../io.js';

export interface DoctorFlags {
  readonly json?: boolean;
  readonly quick?: boolean;
}

/** Shows what there is to compute with; leaves with 2 when something must be mended before anything runs. */
export async function doctor({ json, quick }: DoctorFlags, io: Io): Promise<number> {
  const verb = quick ? 'looking at' : 'measuring';
  const report = await examine({ quick, onProgress: (what) => print(io.stderr, [`${verb} ${what} ...`]) });
  if (json) print(io.stdout, [JSON.stringify(report, null, 2)]);
  else print(io.stdout, doctorLines(report, io.stdout.columns ?? 80, paintFor(io.stdout, io.env)));
  const broken = report.auto === undefined || report.checks.some(({ state }) => state === 'bad');
  return broken ? 2 : 0;
}
