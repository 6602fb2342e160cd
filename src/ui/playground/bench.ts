import { readFile, realpath } from 'node:fs/promises';
import { parseYaml } from '../../config/parse.js';
import type { Pipeline } from '../../config/pipeline-file.js';
import { PipelineFile } from '../../config/pipeline-schema.js';
import { createImagePool } from '../../degradations/image-pool.js';
import { EsrganError } from '../../errors.js';
import { writeFileAtomic } from '../../formats/atomic.js';
import { tracePair } from '../../preview/rebuild.js';
import { Refusal } from '../../refusal.js';
import { commandOf } from './command.js';
import { drawn, isNatural, seedsOf } from './draw.js';
import { edit } from './edit.js';
import { framed } from './frame.js';
import { carried, ownOrigin } from './held.js';
import { createMemo } from './memo.js';
import { openingOf } from './opening.js';
import { keyOf } from './paths.js';
import { Photos } from './photos.js';
import { shotsOf } from './render.js';
import type { FindRequest, RenderRequest, SaveRequest, View } from './request.js';
import { createStageReader, problemOf, type Stage } from './stage.js';
import { stageText, withStageText } from './stage-text.js';
import { flat } from './tree.js';
import type { Held, Opening } from './wire.js';

export interface Bench {
  readonly photos: Photos;
  opening(): Promise<Opening>;
  /** The stage and its pictures after an edit, as `framed` writes them. */
  render(request: RenderRequest): Promise<Uint8Array>;
  /** The next draw at which a step is applied; nothing when it is not found. */
  find(request: FindRequest): Promise<{ readonly draw?: number }>;
  /** Writes the stage into the pipeline file. */
  save(request: SaveRequest): Promise<{ readonly text: string }>;
  close(): Promise<void>;
}

const MOST_TRIED = 2_000;

/**
 * Opens a pipeline to be played with: its degrade stage is edited as text, and every view is made by the very operators,
 * draws and crops of a run. `flags` are those that the command was given, for the commands that repeat a view.
 *
 * @throws EsrganError as discovering photographs does
 */
export async function openBench(pipeline: Pipeline, flags: readonly string[] = []): Promise<Bench> {
  const photos = await Photos.open(pipeline);
  const reader = await createStageReader(pipeline);
  const memo = createMemo();
  const pool = createImagePool();

  const sampleOf = ({ look }: View) => photos.sample(look.photo, look.window, look.draw);

  async function changed({ text, edit: operation, held, ...view }: RenderRequest) {
    const before = await reader.read(text);
    if (!operation) return { stage: before, held, moves: [] };
    const { text: edited, moved } = await edit(text, operation);
    const stage = await reader.read(edited);
    // Of a text that was typed nobody can say which step is which.
    if (operation.op === 'text') return { stage, held: {}, moves: [] };
    const moves = flat(before.tree).map(({ key, path }) => {
      const now = moved(path);
      return [key, now === undefined ? null : keyOf(now)] as const;
    });
    if (!before.chain || !stage.chain) return { stage, held, moves };
    const seeds = seedsOf(pipeline, sampleOf({ text, held, ...view }));
    return { stage, held: carried(before.tree, stage.tree, moved, held, seeds), moves };
  }

  async function pictures({ tree, chain }: Stage, held: Held, view: View) {
    if (!chain) return {};
    const sample = sampleOf(view);
    const { record, keys } = drawn(pipeline, chain, tree, { sample, extent: view.look.extent, held });
    const crop = await photos.crop(photos.visit(view.look.photo), sample.window);
    const made = { scale: pipeline.scale, chain: memo.around(chain), pool };
    const pair = await tracePair(crop, record, sample.source.path, made);
    const { shots, bytes } = shotsOf(pair, keys);
    const seeds = seedsOf(pipeline, sample);
    const asDrawn = view.look.extent === 'pair' && isNatural(tree, held, seeds);
    return {
      shots,
      bytes,
      rows: record.degradations.map(({ name, params }, i) => ({ key: keys[i], name, params })),
      origins: Object.fromEntries(
        flat(tree).map((step) => [step.key, held[step.key] ?? ownOrigin(step, seeds)]),
      ),
      sample: {
        id: record.id,
        seed: record.seed,
        record,
        command: commandOf(asDrawn ? record.id : record, record.epoch, pipeline.file, flags),
      },
      warnings: pair.warnings,
    };
  }

  return {
    photos,
    opening: () => openingOf(pipeline, reader.plugins),
    async render(request) {
      const begun = performance.now();
      const { stage, held, moves } = await changed(request);
      const { text, own, tree, problem } = stage;
      const { bytes, ...shown } = await pictures(stage, held, { ...request, held }).catch((error) => {
        if (!(error instanceof EsrganError) || error instanceof Refusal) throw error;
        return { problem: problemOf(error), bytes: undefined };
      });
      const sent = [...(bytes ?? [])].filter(([hash]) => !request.have.includes(hash));
      const ms = performance.now() - begun;
      const parts = sent.map(([hash, { length }]) => [hash, length]);
      return framed(
        { text, own, tree, problem, held, moves, ...shown, parts, ms },
        sent.map(([, data]) => data),
      );
    },
    async find(request) {
      const { tree, chain } = await reader.read(request.text);
      if (!chain) return {};
      const { photo, window, draw: from, extent } = request.look;
      for (let draw = from + 1; draw <= from + MOST_TRIED; draw++) {
        const sample = photos.sample(photo, window, draw);
        const { keys } = drawn(pipeline, chain, tree, { sample, extent, held: request.held });
        if (keys.some((key) => `${key}.`.startsWith(`${request.key}.`))) return { draw };
      }
      return {};
    },
    async save({ text, base }) {
      const now = await readFile(pipeline.file, 'utf8');
      if (stageText(now) !== stageText(base))
        throw new Refusal(
          409,
          'SAVE',
          'the stage degrade has been changed in the file meanwhile',
          'Copy the YAML, and load the page anew.',
        );
      const saved = now === base ? text : withStageText(now, stageText(text));
      parseYaml(PipelineFile, saved, pipeline.file);
      const { problem } = await reader.read(saved);
      if (problem) throw new Refusal(400, 'SAVE', problem.message, problem.remedy ?? 'Correct it first.');
      await writeFileAtomic(await realpath(pipeline.file), saved).catch(unwritable);
      return { text: saved };
    },
    close: () => photos.close(),
  };
}

function unwritable(cause: unknown): never {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  throw new Refusal(
    403,
    'SAVE',
    `the pipeline file cannot be written (${code})`,
    'Copy the YAML, or open a copy of the file that you may write.',
  );
}
