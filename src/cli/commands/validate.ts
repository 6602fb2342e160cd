import { loadOptions } from '../../config/basicsr/load.js';
import { isOptionFile, isTrainingHalf } from '../../config/kind-of-file.js';
import { loadPipeline } from '../../config/load-pipeline.js';
import { parseYaml } from '../../config/parse.js';
import { readText } from '../../config/text-file.js';
import { readYaml } from '../../config/yaml-file.js';
import { EsrganError } from '../../errors.js';
import { TrainOptions } from '../../training/options.js';
import { visible } from '../display/escape.js';
import { paintFor } from '../display/paint.js';
import { reportError } from '../errors.js';
import { type Io, print } from '../io.js';
import { noticeLines } from '../notices.js';

/** Checks pipeline and option files; prints `ok` or the errors of each. */
export async function validate(files: readonly string[], verbose: boolean, io: Io): Promise<number> {
  const paint = paintFor(io.stdout, io.env);
  let code = 0;
  for (const file of files) {
    try {
      const kind = await check(file, io);
      print(io.stdout, [`${paint.green('ok')}  ${visible(file)} (${kind})`]);
    } catch (error) {
      if (!(error instanceof EsrganError)) throw error;
      code = reportError(error, io, verbose);
    }
  }
  return code;
}

async function check(file: string, io: Io): Promise<string> {
  const text = await readText(file);
  const { value } = readYaml(text, file);
  if (isOptionFile(value)) {
    const { notices } = await loadOptions(file);
    print(io.stderr, noticeLines(notices, paintFor(io.stderr, io.env)));
    return 'training options with their data sets';
  }
  if (isTrainingHalf(value)) {
    parseYaml(TrainOptions, text, file);
    return 'training options';
  }
  const pipeline = await loadPipeline(file);
  const { sink, stages } = pipeline;
  if (stages.degrade) {
    const { chainOf } = await import('../../pipeline/chain.js');
    await chainOf(pipeline, stages.degrade);
  }
  return sink.kind === 'train' ? 'pipeline and its training options' : 'pipeline';
}
