import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLParseError,
  type YAMLWarning,
} from 'yaml';
import { EsrganError, type Place } from '../errors.js';
import { codeFrame } from './frame.js';

export type Path = readonly PropertyKey[];

/** Where in the text something stands. */
export interface Spot {
  readonly place: Place;
  readonly frame?: string;
  /** Characters of the line that it takes. */
  readonly length?: number;
}

/** A YAML text that has been read, and can say where each of its values stands. */
export interface YamlFile {
  readonly value: unknown;
  /** The place of a key or of its value; of the nearest enclosing one when the path is not in the text. */
  spot(path: Path, at: 'key' | 'value'): Spot;
}

type Range = readonly [number, number];

/** Reads a YAML text; anchors, aliases and merge keys (`<<`) are resolved. */
export function readYaml(text: string, file: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const spotOf = ([from, to]: Range): Spot => {
    const { line, col } = lines.linePos(from);
    const place = { file, line, column: col };
    const length = lengthInLine(text, from, to);
    return { place, length, frame: codeFrame(text, line, [{ column: col, length }]) };
  };
  const flaw = document.errors[0] ?? document.warnings[0];
  if (flaw) throw syntaxError(flaw, text, spotOf);
  return {
    value: toValue(document, file),
    spot: (path, at) => spotOf(rangeOf(document, path, at) ?? [0, 1]),
  };
}

function lengthInLine(text: string, from: number, to: number): number {
  const end = text.indexOf('\n', from);
  return Math.min(to, end < 0 ? text.length : end) - from;
}

function syntaxError(
  flaw: YAMLParseError | YAMLWarning,
  text: string,
  spotOf: (range: Range) => Spot,
): EsrganError {
  const remedy = 'Correct the marked line.';
  if (flaw.code === 'DUPLICATE_KEY') {
    // The parser points at the end of the entry before, so what lies between is skipped.
    const from = flaw.pos[0] + (/^(\s|#.*)*/.exec(text.slice(flaw.pos[0]))?.[0].length ?? 0);
    const key = /^[^:\n]*/.exec(text.slice(from))?.[0].trim() ?? '';
    return new EsrganError('CONFIG_SYNTAX', `the key "${key}" occurs twice`, {
      ...spotOf([from, from + key.length]),
      remedy,
    });
  }
  const message =
    flaw.code === 'MULTIPLE_DOCS'
      ? 'there is more than one YAML document (---) in this file'
      : `this is not valid YAML: ${flaw.message}`;
  return new EsrganError('CONFIG_SYNTAX', message, { ...spotOf(flaw.pos), remedy });
}

function toValue(document: Document, file: string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new EsrganError('CONFIG_SYNTAX', `this is not valid YAML: ${why}`, { place: { file }, cause });
  }
}

function rangeOf(document: Document, path: Path, at: 'key' | 'value'): Range | undefined {
  let node = resolve(document.contents, document);
  let range = rangeOfNode(node);
  for (const [depth, step] of path.entries()) {
    const found = child(node, step, document);
    if (found === undefined) return range;
    const last = depth === path.length - 1;
    const useKey = found.key !== undefined && (at === 'key' || !last || isEmpty(found.value));
    range = rangeOfNode(useKey ? found.key : found.value) ?? range;
    node = resolve(found.value, document);
  }
  return range;
}

interface Child {
  readonly key?: unknown;
  readonly value: unknown;
}

function child(node: unknown, step: PropertyKey, document: Document): Child | undefined {
  if (isSeq(node)) {
    const value: unknown = typeof step === 'number' ? node.items[step] : undefined;
    return value === undefined ? undefined : { value };
  }
  if (!isMap(node)) return undefined;
  const pairs = node.items.filter(isPair);
  const own = pairs.find((p) => isScalar(p.key) && String(p.key.value) === String(step));
  if (own) return { key: own.key, value: own.value };
  for (const merged of pairs.filter((p) => isScalar(p.key) && p.key.source === '<<')) {
    const target = resolve(merged.value, document);
    for (const from of isSeq(target) ? target.items : [target]) {
      const found = child(resolve(from, document), step, document);
      if (found) return found;
    }
  }
  return undefined;
}

const resolve = (node: unknown, document: Document): unknown =>
  isAlias(node) ? node.resolve(document) : node;

const isEmpty = (node: unknown): boolean => node === null || (isScalar(node) && node.source === '');

function rangeOfNode(node: unknown): Range | undefined {
  const range = (node as Node | null | undefined)?.range;
  return range ? [range[0], range[1]] : undefined;
}
