import { lastValueFrom, tap, toArray } from 'rxjs';
import type { Pipeline } from '../config/pipeline-file.js';
import type { FileOutcome, PlanSummary } from '../events.js';
import { Account } from './account.js';
import { visits } from './stream.js';
import { summarise } from './summary.js';

export interface PipelinePlan extends PlanSummary {
  /** Files that would not be used, and why. */
  readonly unused: readonly FileOutcome[];
}

/** What a run of this pipeline would do, from the headers of its images alone. Nothing is decoded or written. */
export async function planPipeline(pipeline: Pipeline): Promise<PipelinePlan> {
  const unused: FileOutcome[] = [];
  const account = new Account(
    new AbortController().signal,
    (event) => event.type === 'file' && unused.push(event),
  );
  const all = await lastValueFrom(
    visits(pipeline, account).pipe(
      tap((visit) => account.planned(visit)),
      toArray(),
    ),
  );
  return { ...summarise(pipeline, all, unused.length), unused };
}
