import { statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { check, invalid } from '../../config/parse.js';
import type { Pipeline } from '../../config/pipeline-file.js';
import { readYaml, type YamlFile } from '../../config/yaml-file.js';
import type { Chain } from '../../degradations/chain.js';
import type { Degradation } from '../../degradations/define.js';
import { loadDegradation } from '../../degradations/plugin.js';
import { EsrganError } from '../../errors.js';
import { pluginFolder } from '../../pipeline/stream.js';
import { compileChain } from '../../stages/degrade/compile.js';
import { DegradeOptions } from '../../stages/degrade/options.js';
import { isRecord } from './controls.js';
import { stageText } from './stage-text.js';
import { treeOf } from './tree.js';
import type { Problem, StepNode } from './wire.js';

/** The degrade stage of a text, read. */
export interface Stage {
  readonly text: string;
  /** The stage alone, as `copy YAML` gives it. */
  readonly own: string;
  readonly tree: readonly StepNode[];
  /** Absent while something is wrong. */
  readonly chain?: Chain;
  readonly problem?: Problem;
}

export const problemOf = ({ message, place, remedy }: EsrganError): Problem => ({
  message,
  line: place?.line,
  remedy,
});

export interface StageReader {
  /** Never throws for what a user has written: that is the stage's problem. */
  read(text: string): Promise<Stage>;
  /** Plug-ins that the file named when it was opened; no other code is loaded. */
  readonly plugins: ReadonlyMap<string, Degradation>;
}

const Wrapped = z.object({ degrade: DegradeOptions });
const REMEMBERED = 8;

/** Reads the stages of texts that a page sends. Plug-ins are loaded when they are first named, and anew when their file changes. */
export async function createStageReader(pipeline: Pipeline): Promise<StageReader> {
  const { file } = pipeline;
  const folder = pluginFolder(pipeline);
  const allowed = usesIn(readYaml(pipeline.text ?? '', file).value);
  const plugins = new Map<string, Degradation>();
  const dates = new Map<string, number>();

  async function load(use: string): Promise<Degradation> {
    if (!allowed.has(use))
      throw new EsrganError(
        'PLUGIN_NEW',
        `the pipeline file did not name the plug-in ${use} when it was opened`,
        {
          remedy: 'Write it into the file and open the bench anew.',
        },
      );
    const date = statSync(path.resolve(folder, use), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    const known = plugins.get(use);
    if (known && dates.get(use) === date) return known;
    const operator = await loadDegradation(use, folder, known !== undefined);
    plugins.set(use, operator);
    dates.set(use, date);
    return operator;
  }

  async function compiled(yaml: YamlFile, text: string, index: number, raw: unknown): Promise<Chain> {
    const checked = check(Wrapped, { degrade: raw });
    if (!checked.ok) {
      const problems = checked.problems.map((problem) => ({
        ...problem,
        path: ['stages', index, ...problem.path],
      }));
      throw invalid(problems, { yaml, text, origins: [] });
    }
    const spotOf = (at: readonly PropertyKey[]) => {
      const listed = at[0] === 'steps' && Array.isArray(raw);
      return yaml.spot(['stages', index, 'degrade', ...(listed ? at.slice(1) : at)], 'value');
    };
    return compileChain(checked.data.degrade, folder, spotOf, load);
  }

  async function fresh(text: string): Promise<Stage> {
    let raw: unknown;
    try {
      const yaml = readYaml(text, file);
      const found = stageOf(yaml.value);
      if (!found)
        throw new EsrganError('NO_DEGRADE', 'the pipeline has no stage degrade', {
          place: { file },
          remedy: 'Add one, e.g. `- degrade: { preset: bicubic }`.',
        });
      raw = found.raw;
      const chain = await compiled(yaml, text, found.index, raw);
      return { text, own: stageText(text), tree: await treeOf(raw, chain.steps, plugins), chain };
    } catch (error) {
      if (!(error instanceof EsrganError)) throw error;
      const tree = await treeOf(raw, undefined, plugins);
      return { text, own: stageText(text), tree, problem: problemOf(error) };
    }
  }

  const remembered = new Map<string, Stage>();
  await Promise.all([...allowed].map((use) => load(use).catch(() => undefined)));
  return {
    plugins,
    async read(text) {
      const known = allowed.size === 0 ? remembered.get(text) : undefined;
      const stage = known ?? (await fresh(text));
      remembered.delete(text);
      remembered.set(text, stage);
      for (const oldest of remembered.keys()) if (remembered.size > REMEMBERED) remembered.delete(oldest);
      return stage;
    },
  };
}

function stageOf(value: unknown): { readonly index: number; readonly raw: unknown } | undefined {
  const stages = isRecord(value) && Array.isArray(value.stages) ? value.stages : [];
  const index = stages.findIndex((stage) => isRecord(stage) && 'degrade' in stage);
  return index < 0 ? undefined : { index, raw: stages[index].degrade };
}

/** Everything that stands behind a key `use`. */
function usesIn(value: unknown): Set<string> {
  if (Array.isArray(value)) return new Set(value.flatMap((one) => [...usesIn(one)]));
  if (!isRecord(value)) return new Set();
  const own = typeof value.use === 'string' ? [value.use] : [];
  return new Set([...own, ...Object.values(value).flatMap((one) => [...usesIn(one)])]);
}
