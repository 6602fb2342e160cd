import path from 'node:path';
import type { z } from 'zod';
import type { BatchOptions } from '../stages/batch/options.js';
import type { CropOptions } from '../stages/crop/options.js';
import type { MetadataOptions } from '../stages/metadata/options.js';

/** The part of a pipeline file that the rules across stages look at. */
export interface Ruled {
  readonly scale: number;
  readonly source: { readonly background: string; readonly dataroot_lq?: string };
  readonly stages: readonly {
    readonly [name: string]: unknown;
    crop?: CropOptions;
    metadata?: MetadataOptions;
    batch?: BatchOptions;
  }[];
  readonly sink: { readonly [name: string]: unknown };
}

const order = [['multiscale'], ['crop'], ['metadata', 'shuffle'], ['degrade'], ['batch']] as const;

type Say = (path: PropertyKey[], message: string) => void;

/** Rules that concern more than one stage: their order, and sizes that depend on each other. */
export function checkPipeline(file: Ruled, ctx: z.core.$RefinementCtx): void {
  const say: Say = (path, message) => ctx.addIssue({ code: 'custom', path, message });
  if (!checkEntries(file, say)) return;
  const names = file.stages.map((stage) => Object.keys(stage)[0]);
  checkOrder(names, say);
  checkSink(file, names, say);
  if (file.source.dataroot_lq !== undefined) checkPairs(file, names, say);
  checkSizes(file, names, say);
}

function checkEntries({ stages, sink }: Ruled, say: Say): boolean {
  const crowded = stages.findIndex((stage) => Object.keys(stage).length !== 1);
  if (crowded >= 0)
    say(['stages', crowded], 'write one stage in each entry of the list, as in "- crop: { size: 400 }"');
  const sinks = Object.keys(sink).length;
  if (sinks !== 1) say(['sink'], 'give exactly one of train, write, discard');
  return crowded < 0 && sinks === 1;
}

function checkOrder(names: readonly string[], say: Say): void {
  const rank = (name: string): number => order.findIndex((group) => group.some((n) => n === name));
  for (const [i, name] of names.entries()) {
    if (names.indexOf(name) < i) {
      say(['stages', i, name], 'this stage occurs twice');
      continue;
    }
    const before = names.slice(0, i).find((earlier) => rank(earlier) > rank(name));
    if (before !== undefined)
      say(
        ['stages', i, name],
        `this stage must come before ${before}; the order is ${order.map((g) => g.join(' and ')).join(', ')}`,
      );
  }
}

function checkSink({ sink, source, stages }: Ruled, names: readonly string[], say: Say): void {
  const [kind] = Object.keys(sink);
  const [degrade, batch] = [names.indexOf('degrade'), names.indexOf('batch')];
  const given = source.dataroot_lq !== undefined;
  const needed = given ? ['batch'] : ['degrade', 'batch'];
  const absent = needed.filter((name) => !names.includes(name)).join(' and ');
  if (kind === 'train' && absent !== '') {
    say(
      ['sink', 'train'],
      `training needs pairs of lq and gt: add the ${absent.includes(' ') ? 'stages' : 'stage'} ${absent}`,
    );
  }
  if (kind !== 'train' && batch >= 0 && degrade < 0 && !given)
    say(['stages', batch, 'batch'], 'a batch holds pairs of lq and gt: add the stage degrade before it');
  const makesPairs = kind === 'write' && writesPairs(sink.write);
  if (makesPairs && intoOneFolder(sink.write))
    say(['sink', 'write', 'pairs', 'lq'], 'gt and lq have the same names: give lq a folder of its own');
  if (kind === 'write' && !makesPairs && Math.max(degrade, batch) >= 0)
    say(['sink', 'write'], 'this sink writes crops: leave out the stages degrade and batch');
  if (kind === 'write' && !makesPairs && given)
    say(
      ['sink', 'write'],
      'this sink writes gt only, but lq is given: write pairs, or leave out dataroot_lq',
    );
  if (makesPairs && degrade < 0 && !given)
    say(['sink', 'write'], 'this sink writes pairs of lq and gt: add the stage degrade');
  const noted = names.indexOf('metadata');
  if (stages[noted]?.metadata?.pairs !== undefined) {
    const place = ['stages', noted, 'metadata', 'pairs'];
    if (degrade < 0 && !given)
      say(place, 'this pipeline makes no pairs: write provenance, or add the stage degrade');
    else if (kind === 'write')
      say(
        place,
        'the write sink notes this down itself, in the .json of every sample of a tar: leave it out',
      );
  }
  if (source.background === 'keep' && (kind !== 'write' || makesPairs))
    say(
      ['source', 'background'],
      'only the write sink can keep alpha; use drop or a colour such as "#ffffff"',
    );
}

/** Of the forms of the write sink, those that need lq. */
function writesPairs(options: unknown): boolean {
  if (typeof options !== 'object' || options === null) return false;
  return 'pairs' in options || ('content' in options && options.content === 'pairs');
}

function intoOneFolder(options: unknown): boolean {
  const { pairs } = options as { readonly pairs?: { readonly gt?: unknown; readonly lq?: unknown } };
  return pairs !== undefined && path.resolve(`${pairs.gt}`) === path.resolve(`${pairs.lq}`);
}

/** Where lq is given, nothing may change gt alone. */
function checkPairs({ scale, stages }: Ruled, names: readonly string[], say: Say): void {
  for (const name of ['multiscale', 'degrade']) {
    const at = names.indexOf(name);
    if (at >= 0) say(['stages', at, name], 'lq is given (source.dataroot_lq): leave this stage out');
  }
  const at = names.indexOf('crop');
  const crop = stages[at]?.crop;
  if (!crop) return;
  for (const key of ['size', 'step'] as const)
    if (crop[key] % scale !== 0)
      say(['stages', at, 'crop', key], `must be a multiple of scale (${scale}), but is ${crop[key]}`);
  if (crop.too_small === 'pad')
    say(['stages', at, 'crop', 'too_small'], 'pairs are not padded: write report or error');
}

function checkSizes({ scale, stages }: Ruled, names: readonly string[], say: Say): void {
  const place = names.indexOf('batch');
  const size = stages[place]?.batch?.gt_size;
  const crop = stages[names.indexOf('crop')]?.crop?.size;
  if (size === undefined) return;
  const path = ['stages', place, 'batch', 'gt_size'];
  if (crop !== undefined && size > crop) say(path, `must be at most crop.size (${crop}), but is ${size}`);
  if (size % scale !== 0) say(path, `must be a multiple of scale (${scale}), but is ${size}`);
}
