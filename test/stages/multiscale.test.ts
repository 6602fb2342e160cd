import { from, lastValueFrom, toArray } from 'rxjs';
import t from 'tap';
import type { Source } from '../../src/plan/types.js';
import { multiscale, sourceOnly } from '../../src/stages/multiscale/multiscale.js';
import { MultiscaleOptions } from '../../src/stages/multiscale/options.js';
import { scaleName, scaleSizes } from '../../src/stages/multiscale/sizes.js';
import { json, recorder } from '../images/pictures.js';
import { fixture } from '../root.js';

interface Case {
  readonly w: number;
  readonly h: number;
  readonly sizes: [number, number][];
  readonly error: string | null;
}

t.test('sizes of the original, float64 traps included', async (t) => {
  const { cases } = json<{ cases: Case[] }>(fixture('windows', 'multiscale.json'));
  t.equal(cases.length, 156);
  const options = MultiscaleOptions.parse({ upscale: true, hr: false });
  for (const { w, h, sizes, error } of cases) {
    const { scales, notes } = scaleSizes(w, h, options);
    const found = scales.map((scale) => [scale.width, scale.height]);
    if (error === null) {
      t.same(found, sizes, `${w}x${h}`);
      t.same(
        scales.map((scale) => scale.tag),
        ['T0', 'T1', 'T2', 'T3'],
      );
      t.same(notes, []);
    } else {
      // The original dies at the first copy without pixels; here it is left out, noted, and the rest is made.
      t.same(found.slice(0, sizes.length), sizes, `${w}x${h}`);
      t.match(notes[0], new RegExp(`^T${sizes.length} left out: it would be \\d+x\\d+ pixels$`));
    }
  }
});

t.test('names', async (t) => {
  t.equal(scaleName('0001.png', 'T0'), '0001T0.png');
  t.equal(scaleName('a b/photo.final.JPG', 'T3'), 'a b/photo.finalT3.png');
  t.equal(scaleName('a/photo.JPG', 'HR'), 'a/photo.JPG');
  t.equal(scaleName('no_extension', 'T1'), 'no_extensionT1.png');
});

const source = (id: string, width: number, height: number): Source => ({
  id,
  path: `/p/${id}`,
  width,
  height,
  format: 'png',
  channels: 3,
  notes: [],
});

t.test('nothing is enlarged unless asked, and it is said', async (t) => {
  const ctx = recorder();
  const sources = [source('a', 399, 1000), source('b', 800, 400), source('c', 1, 1)];
  const options = MultiscaleOptions.parse({ hr: false });
  const scaled = await lastValueFrom(from(sources).pipe(multiscale(options, ctx), toArray()));
  t.same(
    scaled.map((s) => s.scales.map(({ tag, width, height }) => `${tag} ${width}x${height}`)),
    [
      ['T0 299x750', 'T1 199x500', 'T2 133x333'],
      ['T0 600x300', 'T1 400x200', 'T2 266x133', 'T3 800x400'],
    ],
  );
  t.same(ctx.notes, ['T3 left out: 399x1000 would have to be enlarged to an edge of 400']);
  t.match(ctx.outcomes, [{ path: '/p/c', outcome: 'skipped', reason: /^no scale of it is used; T3 left/ }]);

  const plain = await lastValueFrom(from(sources).pipe(sourceOnly(), toArray()));
  t.same(plain[0].scales, [{ tag: 'HR', width: 399, height: 1000 }]);
  const only = MultiscaleOptions.parse({ scales: [], shortest_edge: false });
  t.same(scaleSizes(10, 20, only), { scales: [{ tag: 'HR', width: 10, height: 20 }], notes: [] });
});
