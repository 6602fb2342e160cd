import t from 'tap';
import { fixture } from '../root.js';
import {
  referenceBatches,
  referenceRun,
  runTraining,
  weightErrors,
  worstLoss,
} from '../training/golden-run.js';
import { executionOf, notRun, present, titleOf } from './present.js';

for (const line of notRun) t.comment(line);

const golden = referenceRun('esrnet');

for (const engine of present)
  t.test(`20 steps of RealESRNetModel on ${titleOf(engine)}`, async (t) => {
    const options = {
      engine,
      execution: executionOf(engine),
      network_g: golden.options.network_g,
      train: golden.options.train,
      path: {
        experiments_root: t.testdir(),
        pretrain_network_g: fixture('training', 'esrnet_init.safetensors'),
        param_key_g: 'params',
      },
      logger: { print_freq: 1 },
    };
    const { summary, events } = await runTraining(options, referenceBatches('esrnet'));
    t.match(events[0], { type: 'engine', engine, reason: /^on \w/ }, 'what computes is said first');
    t.equal(summary.losses.length, 20);
    const off = worstLoss(summary.losses, golden.log);
    t.ok(off < 1e-4, `losses within ${off}`);
    for (const key of ['params', 'params_ema'] as const) {
      const { near, worst, names } = await weightErrors(
        summary.checkpoint,
        key,
        `esrnet_final_${key}.safetensors`,
      );
      t.ok(names);
      t.ok(near >= 0.999 && worst <= 4e-4, `${key}: ${100 * near} % within 1e-5, worst ${worst}`);
    }
  });
