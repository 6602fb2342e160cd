import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomic } from '../formats/atomic.js';
import { renderReport } from './render.js';
import type { ReportInput } from './types.js';

/**
 * Writes `report.html` into a folder (made when missing), whole or not at all, and returns its path.
 * Throws what the file system throws.
 */
export async function writeReport(folder: string, input: ReportInput): Promise<string> {
  const file = path.join(folder, 'report.html');
  await mkdir(folder, { recursive: true });
  await writeFileAtomic(file, renderReport(input));
  return file;
}
