import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';
import { z } from 'zod';
import { applyChain } from '../../src/degradations/apply.js';
import type { Applied } from '../../src/degradations/apply-operator.js';
import { makeChain } from '../../src/degradations/chain.js';
import { floatToBytes } from '../../src/degradations/convert.js';
import { type Degradation, defineDegradation } from '../../src/degradations/define.js';
import { filter2d } from '../../src/degradations/filter2d.js';
import { createImagePool } from '../../src/degradations/image-pool.js';
import { degradations } from '../../src/degradations/index.js';
import { readNpy } from '../npy.js';
import { fixture } from '../root.js';
import { goldenImage } from './images.js';

/** A step as the original program recorded it. */
interface Recorded {
  readonly op: 'usm' | 'filter2d' | 'resize' | 'add_noise' | 'jpeg' | 'round' | 'crop';
  readonly kernel?: string;
  readonly noise?: string;
  readonly mode?: string;
  readonly scale_factor?: number;
  readonly size_hw?: readonly [number, number];
  readonly quality?: readonly number[];
  readonly after?: string;
  readonly lq_top?: number;
  readonly lq_left?: number;
  readonly lq_size?: number;
}

interface Golden {
  readonly scale: number;
  readonly batch: number;
  readonly steps: readonly Recorded[];
}

const folder = (n: number) => `chain${n}`;
const real = (name: string): Degradation => degradations.get(name) as Degradation;

/** Arrays that the original recorded stand in for the kernels and noise fields that we would draw. */
function recordedArrays(n: number, row: number): Degradation[] {
  const options = z.unknown();
  const sample = () => null;
  const part = (name: string) => {
    const { shape, data } = readNpy(fixture('degradations', folder(n), name));
    const size = data.length / (shape[0] as number);
    return data.slice(row * size, (row + 1) * size);
  };
  return [
    defineDegradation({
      name: 'kernel',
      options,
      sample,
      apply(image, name, ctx) {
        const weights = part(`${String(name)}.npy`);
        filter2d(image, { size: Math.sqrt(weights.length), weights }, ctx.image);
        return image;
      },
    }),
    defineDegradation({
      name: 'noise',
      options,
      sample,
      apply(image, name) {
        const noise = part(String(name));
        for (let i = 0; i < noise.length; i++)
          image.data[i] = Math.min(1, Math.max(0, image.data[i] + noise[i]));
        return image;
      },
    }),
  ];
}

/** The factor of lq's size that leads to a recorded size. */
function factorFor(
  [height, width]: readonly [number, number],
  lq: { width: number; height: number },
): number {
  const factor = Math.max(height / lq.height, width / lq.width) + 1e-9;
  if (Math.floor(lq.height * factor) === height && Math.floor(lq.width * factor) === width) return factor;
  throw new Error(`no factor leads to ${width}x${height}`);
}

for (const n of [1, 2, 3]) {
  t.test(`chain ${n} of the original, replayed`, async (t) => {
    const golden: Golden = JSON.parse(readFileSync(fixture('degradations', folder(n), 'chain.json'), 'utf8'));
    const { scale, steps } = golden;
    for (let row = 0; row < golden.batch; row++) {
      const image = goldenImage(`${folder(n)}/gt`, row);
      const lq = { width: image.width / scale, height: image.height / scale };
      const applied = steps.flatMap((step): Applied[] => {
        switch (step.op) {
          case 'usm':
            return [{ name: 'usm_sharpen', params: { weight: 0.5, radius: 50, threshold: 10 }, on: 'gt' }];
          case 'filter2d':
            return [{ name: 'kernel', params: step.kernel }];
          case 'add_noise':
            return [{ name: 'noise', params: step.noise }];
          case 'jpeg':
            return [{ name: 'jpeg', params: { form: 'model', quality: step.quality?.[row] } }];
          case 'resize': {
            const filter = step.mode;
            if (step.scale_factor !== undefined)
              return [{ name: 'resize', params: { filter, factor: step.scale_factor, of: 'input' } }];
            const [height, width] = step.size_hw as readonly [number, number];
            if (width === lq.width && height === lq.height)
              return [{ name: 'resize', params: { filter, to: 'lq' } }];
            return [{ name: 'resize', params: { filter, factor: factorFor([height, width], lq), of: 'lq' } }];
          }
          default:
            return [];
        }
      });
      const operators = [...recordedArrays(n, row), ...['usm_sharpen', 'jpeg', 'resize'].map(real)];
      const chain = makeChain(operators.map((operator) => ({ operator, options: {}, prob: 1 })));
      let place = 0;
      const made = await applyChain(chain, image, applied, {
        id: `${n}`,
        scale,
        pool: createImagePool(),
        warn: () => {},
        after(_step, now) {
          const { op, after } = steps[place++] as Recorded;
          if (!after || !existsSync(fixture('degradations', folder(n), after))) return;
          const expected = goldenImage(`${folder(n)}/${after.replace('.npy', '')}`, row).data;
          const near = expected.filter((value, i) => Math.abs(value - now.data[i]) <= 1e-4).length;
          t.ok(near >= 0.99 * expected.length, `${after} ${row}: ${op}`);
        },
      });
      t.equal(place, applied.length);

      const crop = steps.find(({ op }) => op === 'crop') as Required<Recorded>;
      const size = crop.lq_size;
      const bytes = new Uint8Array(3 * size * size);
      floatToBytes(made.lq, { x: crop.lq_left, y: crop.lq_top, width: size, height: size }, bytes);
      const expected = goldenImage(`${folder(n)}/lq_crop`, row).data;
      let different = 0;
      let most = 0;
      for (let i = 0; i < bytes.length; i++) {
        const [plane, pixel] = [i % 3, Math.floor(i / 3)];
        const distance = Math.abs(
          (bytes[i] as number) - Math.round((expected[plane * size * size + pixel] as number) * 255),
        );
        if (distance > 0) different++;
        most = Math.max(most, distance);
      }
      t.ok(different <= 0.01 * bytes.length, `row ${row}: ${different} of ${bytes.length} values differ`);
      t.ok(most <= 1, `row ${row}: by ${most} at most`);
    }
  });
}
