import { type Document, isMap, isScalar, isSeq, type Pair, parseDocument, visit, type YAMLMap } from 'yaml';
import { EsrganError } from '../../errors.js';
import { withKeyComments } from './key-comments.js';

/** The `degrade` stage of a parsed pipeline file. */
export interface StageNode {
  readonly item: YAMLMap;
  readonly pair: Pair;
  /** Whether it stands on lines of its own: not within `{}` or `[]`. */
  readonly block: boolean;
}

export const parsed = (text: string): Document => parseDocument(text, { merge: true });

export function stageIn(document: Document): StageNode | undefined {
  const stages = isMap(document.contents) ? document.contents.get('stages') : undefined;
  if (!isSeq(stages)) return undefined;
  for (const item of stages.items) {
    if (!isMap(item)) continue;
    const pair = item.items.find(({ key }) => isScalar(key) && key.value === 'degrade');
    if (pair) return { item, pair, block: !item.flow && !stages.flow };
  }
  return undefined;
}

interface Block {
  readonly from: number;
  readonly to: number;
  readonly column: number;
  readonly text: string;
}

/** `[ 1, 2 ]` as `[1, 2]`: lists are written without spaces inside, mappings with them. */
function tight(text: string): string {
  const spaces: number[] = [];
  visit(parsed(text), {
    Seq(_, { flow, range }) {
      if (!flow || !range) return;
      const [from, to] = [range[0] + 1, range[1] - 2];
      if (text[from] === ' ') spaces.push(from);
      if (to > from && text[to] === ' ' && text[to - 1] !== '\n') spaces.push(to);
    },
  });
  return spaces
    .sort((a, b) => b - a)
    .reduce((tighter, at) => tighter.slice(0, at) + tighter.slice(at + 1), text);
}

let latest: { readonly text: string; readonly block: Block | undefined } | undefined;

/** Where the stage stands in a text, from its key to the end of its value. */
function blockOf(text: string): Block | undefined {
  if (latest?.text !== text) latest = { text, block: findBlock(text) };
  return latest.block;
}

function findBlock(text: string): Block | undefined {
  const stage = stageIn(parsed(text));
  const key = stage?.pair.key;
  const value = stage?.pair.value;
  if (!stage?.block || !isScalar(key) || !key.range) return undefined;
  const range = value !== null && typeof value === 'object' && 'range' in value ? value.range : undefined;
  const end = Array.isArray(range) ? Number(range[1]) : key.range[1] + 1;
  const from = key.range[0];
  const inside = text.slice(from, end).trimEnd();
  // A comment behind the last step belongs to it.
  const [behind] = /^[ \t]+#[^\n\r]*/.exec(text.slice(from + inside.length)) ?? [''];
  const to = from + inside.length + behind.trimEnd().length;
  return { from, to, column: from - text.lastIndexOf('\n', from - 1) - 1, text: text.slice(from, to) };
}

/** Moves all lines but the first so that the text can stand at another column. */
function moved(text: string, by: number): string {
  return text.replace(
    /\n( *)(?=\S)/g,
    (_, spaces: string) => `\n${' '.repeat(Math.max(0, spaces.length + by))}`,
  );
}

/** The text of the stage as an entry of `stages`, beginning at the first column. */
export function stageText(text: string): string {
  const block = blockOf(text);
  if (block) return `- ${moved(block.text, 2 - block.column)}\n`;
  const range = stageIn(parsed(text))?.item.range;
  return range ? `- ${text.slice(range[0], range[1])}\n` : '';
}

/**
 * The text of a changed document in which nothing but the stage is new: all else keeps its bytes. Where the stage does
 * not stand on lines of its own, the whole document is written anew.
 *
 * @param comments those behind keys, as `keyComments` finds them
 */
export function spliced(text: string, changed: Document, comments: ReadonlySet<string>): string {
  const stage = stageIn(changed);
  if (stage && !stage.block) {
    const stages = isMap(changed.contents) ? changed.contents.get('stages') : undefined;
    if (isSeq(stages)) stages.flow = false;
    stage.item.flow = false;
  }
  const whole = tight(withKeyComments(changed.toString({ lineWidth: 0 }), comments));
  const [before, after] = [blockOf(text), blockOf(whole)];
  if (!before || !after) return whole;
  const joined = put(text, before, moved(after.text, before.column - after.column));
  return same(joined, whole) ? joined : whole;
}

const put = (text: string, { from, to }: Block, stage: string): string =>
  text.slice(0, from) + stage + text.slice(to);

/** Whether two texts say the same; no where that would take too long to find out (aliases of aliases). */
function same(a: string, b: string): boolean {
  try {
    return JSON.stringify(parsed(a).toJS()) === JSON.stringify(parsed(b).toJS());
  } catch {
    return false;
  }
}

/**
 * The text with another stage, written as `stageText` gives it.
 *
 * @throws EsrganError `STAGE_TEXT` when that is no YAML or no degrade stage
 */
export function withStageText(text: string, stage: string): string {
  const before = blockOf(text);
  const entry = /^(\s*#.*\n)*\s*-/.test(stage) ? stage : `- ${stage.replaceAll('\n', '\n  ')}`;
  const around = `stages:\n${entry.replace(/^(?=.)/gm, '  ')}`;
  const given = isAlone(around) ? blockOf(around) : undefined;
  if (!before || !given) throw noStage('this is not the stage degrade');
  const joined = put(text, before, moved(given.text, before.column - given.column));
  const document = parsed(joined);
  const [flaw] = document.errors;
  if (flaw || !blockOf(joined))
    throw noStage(flaw?.message.split('\n')[0] ?? 'this is not the stage degrade');
  return joined;
}

function isAlone(text: string): boolean {
  const document = parsed(text);
  const stages = isMap(document.contents) ? document.contents.get('stages') : undefined;
  return document.errors.length === 0 && isSeq(stages) && stages.items.length === 1;
}

const noStage = (message: string): EsrganError =>
  new EsrganError('STAGE_TEXT', message, { remedy: 'Write it as `- degrade:` and the steps below it.' });
