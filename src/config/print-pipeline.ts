import { Document, isMap, isPair, isScalar, isSeq, visit } from 'yaml';
import type { z } from 'zod';
import type { PipelineFile } from './pipeline-schema.js';

const widest = 110;

/** Sections that begin after an empty line. */
const apart = ['source', 'stages', 'sink'];

/**
 * The text of a pipeline file, with `comment` at its head. What fits on a line stands on one line.
 *
 * @param comment lines without `#`
 */
export function printPipeline(input: z.input<typeof PipelineFile>, comment: readonly string[]): string {
  const document = new Document(input, { aliasDuplicateObjects: false });
  document.commentBefore = comment.map((line) => ` ${line}`).join('\n');
  visit(document, {
    Pair(_, { key }, path) {
      if (path.length === 2 && isScalar(key) && apart.includes(String(key.value))) key.spaceBefore = true;
    },
    Collection(_, node, path) {
      const listed = isMap(node) && isSeq(path.at(-1));
      if (path.length > 3 && !listed && fitsOneLine(node, path.filter(isPair).length)) node.flow = true;
    },
  });
  return document.toString({ lineWidth: widest });
}

function fitsOneLine(node: unknown, depth: number): boolean {
  if (!(isMap(node) || isSeq(node)) || !isFlat(node, 2)) return false;
  return JSON.stringify(node.toJSON()).length + 4 * depth < widest + 10;
}

/** Whether nothing in it is nested deeper than so many levels. */
function isFlat(node: unknown, depth: number): boolean {
  if (isScalar(node) || node === null) return true;
  if (depth === 0 || !(isMap(node) || isSeq(node))) return false;
  return node.items.every((item) => isFlat(isPair(item) ? item.value : item, depth - 1));
}
