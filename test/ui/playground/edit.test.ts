import t from 'tap';
import { parse } from 'yaml';
import { readYaml } from '../../../src/config/yaml-file.js';
import { edit } from '../../../src/ui/playground/edit.js';
import { Operation } from '../../../src/ui/playground/operations.js';
import { innerList, keyOf, type StepPath, startsWith } from '../../../src/ui/playground/paths.js';
import { stageText, withStageText } from '../../../src/ui/playground/stage-text.js';
import { flat, treeOf } from '../../../src/ui/playground/tree.js';
import fc from '../../properties.js';

const head = `# A pipeline of ours.
name:   oddly-spaced   # stays
stages:
  - crop: {size: 200}

  # How it is spoilt.
`;
const tail = `
  - batch: {size: 2,gt_size: 64} # the end
sink: {discard: }
`;
const file = (stage: string): string => head + stage + tail;
const stageOf = (text: string): string => text.slice(head.length, text.length - tail.length);

const steps = `  - degrade:
      # Soft.
      - blur: { sigma: [0.20, 3], size: 7 } # seven
      - jpeg:
          quality: [30, 95] # as the web
        prob: 0.5
      - one_of: # noise
          - gaussian_noise: { sigma: [1, 30] }
            weight: 2
          - poisson_noise:
`;

interface Case {
  readonly what: string;
  readonly from?: string;
  readonly operation: Operation;
  readonly to: string;
}

const changed = (before: string, after: string): string => {
  if (!steps.includes(before)) throw new Error(before);
  return steps.replace(before, after);
};

const cases: readonly Case[] = [
  {
    what: 'numbers are written over the old ones, and nothing else is touched',
    operation: { op: 'set', path: [0], key: ['blur', 'sigma'], value: [0.5, 2] },
    to: changed('[0.20, 3]', '[0.5, 2]'),
  },
  {
    what: 'a number becomes a range',
    operation: { op: 'set', path: [0], key: ['blur', 'size'], value: [7, 9] },
    to: changed('[0.20, 3], size: 7 }', '[0.20, 3], size: [7, 9] }'),
  },
  {
    what: 'a value with a comment keeps it',
    operation: { op: 'set', path: [1], key: ['jpeg', 'quality'], value: [40, 50] },
    to: changed('[30, 95] #', '[40, 50] #'),
  },
  {
    what: 'a new key',
    operation: { op: 'set', path: [0], key: ['prob'], value: 0.25 },
    to: changed('# seven', '# seven\n        prob: 0.25'),
  },
  {
    what: 'an option of a step without options',
    operation: { op: 'set', path: [2, 'one_of', 1], key: ['poisson_noise', 'scale'], value: [1, 2] },
    to: changed('poisson_noise:', 'poisson_noise: { scale: [1, 2] }'),
  },
  {
    what: 'a key goes',
    operation: { op: 'unset', path: [1], key: ['prob'] },
    to: changed('        prob: 0.5\n', ''),
  },
];

t.test('edits of a stage', async (t) => {
  for (const { what, operation, to, from = steps } of cases) {
    const { text } = await edit(file(from), operation);
    t.equal(text.slice(0, head.length), head, `${what}: nothing before it changes`);
    t.equal(text.slice(-tail.length), tail, `${what}: nor behind it`);
    t.equal(stageOf(text), to, what);
  }
});

/** The steps by name, groups with what is in them. */
const outline = (text: string): string => {
  const list = (value: unknown): string =>
    Array.isArray(value)
      ? value
          .map((step: Record<string, unknown>) => {
            const [key] = Object.keys(step);
            const inner = step[key!];
            const below = Array.isArray(inner) ? inner : (inner as { steps?: unknown } | null)?.steps;
            return Array.isArray(below) ? `${key}(${list(below)})` : key;
          })
          .join(' ')
      : '';
  const { stages } = parse(text) as { stages: { degrade?: unknown }[] };
  return list(stages.find((stage) => stage.degrade !== undefined)?.degrade);
};

t.test('steps are moved, added, removed and grouped with their comments', async (t) => {
  const after = async (operation: Operation) => {
    const edited = await edit(file(steps), operation);
    return { ...edited, at: (path: StepPath) => edited.moved(path)?.join('.') };
  };
  const moved = await after({ op: 'move', path: [0], to: 1 });
  t.equal(outline(moved.text), 'jpeg blur one_of(gaussian_noise poisson_noise)');
  t.match(moved.text, /prob: 0.5\n {6}# Soft.\n {6}- blur: .* # seven\n/);
  t.strictSame([[0], [1], [2, 'one_of', 1]].map(moved.at), ['1', '0', '2.one_of.1']);

  const back = await edit(moved.text, { op: 'move', path: [1], to: 0 });
  t.equal(back.text, file(steps), 'there and back again');

  const far = await after({ op: 'move', path: [0], to: 99 });
  t.equal(outline(far.text), 'jpeg one_of(gaussian_noise poisson_noise) blur');

  const added = await after({
    op: 'insert',
    path: [2, 'one_of'],
    at: 0,
    step: { webp: { quality: [1, 2] } },
  });
  t.equal(outline(added.text), 'blur jpeg one_of(webp gaussian_noise poisson_noise)');
  t.match(added.text, '          - webp: { quality: [1, 2] }\n');
  t.equal(added.at([2, 'one_of', 1]), '2.one_of.2');

  const twice = await after({ op: 'duplicate', path: [1] });
  t.equal(outline(twice.text), 'blur jpeg jpeg one_of(gaussian_noise poisson_noise)');
  t.equal(twice.at([2]), '3');

  const fewer = await after({ op: 'remove', path: [1] });
  t.equal(outline(fewer.text), 'blur one_of(gaussian_noise poisson_noise)');
  t.strictSame([[0], [1], [2]].map(fewer.at), ['0', undefined, '1']);

  const one = await edit(fewer.text, { op: 'remove', path: [1, 'one_of', 0] });
  const none = await edit(one.text, { op: 'remove', path: [1, 'one_of', 0] });
  t.equal(outline(none.text), 'blur', 'a group goes with its last step');
  t.equal(outline((await edit(none.text, { op: 'remove', path: [0] })).text), '');

  for (const [kind, inner] of [
    ['shuffle', 'shuffle(gaussian_noise)'],
    ['repeat', 'repeat(gaussian_noise)'],
  ] as const) {
    const wrapped = await after({ op: 'wrap', path: [2, 'one_of', 0], kind });
    t.equal(outline(wrapped.text), `blur jpeg one_of(${inner} poisson_noise)`);
    const below = kind === 'repeat' ? 'repeat.steps.0' : 'shuffle.0';
    t.equal(wrapped.at([2, 'one_of', 0]), `2.one_of.0.${below}`);
    t.match(wrapped.text, /\n {12}weight: 2\n/, 'the weight belongs to the place in the choice');
    t.equal(wrapped.text.match(/weight/g)?.length, 1);
  }
});

t.test('steps go into groups and out of them, with their comments', async (t) => {
  const move = async (text: string, path: StepPath, into: StepPath, to: number) => {
    const edited = await edit(text, { op: 'move', path, into, to });
    t.notMatch(edited.text, /^[^#]*\[[^\]#]*#/m, 'no comment within a list in one line');
    return { ...edited, at: (path: StepPath) => edited.moved(path)?.join('.') };
  };
  const inside = await move(file(steps), [0], [2, 'one_of'], 1);
  t.equal(outline(inside.text), 'jpeg one_of(gaussian_noise blur poisson_noise)');
  t.match(inside.text, / {10}# Soft\.\n {10}- blur: .* # seven\n {10}- poisson_noise:\n/);
  t.match(inside.text, '- one_of: # noise\n');
  t.strictSame([[0], [1], [2], [2, 'one_of', 0], [2, 'one_of', 1]].map(inside.at), [
    '1.one_of.1',
    '0',
    '1',
    '1.one_of.0',
    '1.one_of.2',
  ]);
  const back = await move(inside.text, [1, 'one_of', 1], [], 0);
  t.equal(back.text, file(steps), 'there and back again');
  t.strictSame([[0], [1, 'one_of', 1], [1, 'one_of', 2]].map(back.at), ['1', '0', '2.one_of.1']);

  const out = await move(file(steps), [2, 'one_of', 0], [], 3);
  t.equal(outline(out.text), 'blur jpeg one_of(poisson_noise) gaussian_noise');
  t.notMatch(out.text, 'weight', 'there is nothing to be weighed against');
  t.strictSame([[2, 'one_of', 0], [2, 'one_of', 1], [2]].map(out.at), ['3', '2.one_of.0', '2']);
  const last = await move(out.text, [2, 'one_of', 0], [], 0);
  t.equal(outline(last.text), 'poisson_noise blur jpeg gaussian_noise', 'a group goes with its last step');
  t.match(last.text, / {6}# noise\n {6}- poisson_noise:\n/, 'and what is said of it stays');
  t.equal(last.at([2]), undefined);

  const nested = file(`  - degrade:
      # All of it.
      - repeat: # rounds
          times: 2
          steps:
            # Either.
            - one_of:
                # As on the web.
                - jpeg: { quality: 50 } # fifty
                  weight: 3
`);
  const up = await move(nested, [0, 'repeat', 'steps', 0, 'one_of', 0], [0, 'repeat', 'steps'], 0);
  t.equal(outline(up.text), 'repeat(jpeg)', 'its group is gone, the one around both is not');
  for (const comment of ['# All of it.', '# rounds', '# Either.', '# As on the web.', '# fifty'])
    t.match(up.text, comment);
  t.equal(up.at([0, 'repeat', 'steps', 0, 'one_of', 0]), '0.repeat.steps.0');
  const top = await move(nested, [0, 'repeat', 'steps', 0, 'one_of', 0], [], 1);
  t.equal(outline(top.text), 'jpeg');
  for (const comment of ['# All of it.', '# Either.', '# As on the web.', '# fifty'])
    t.match(top.text, comment);

  const line = file(
    '  - degrade: [ { shuffle: [ { webp: { quality: 5 } } ] } ]\n'.replace(
      '[ { shuffle',
      '[ { blur: {} }, { shuffle',
    ),
  );
  const flat = await move(line, [0], [1, 'shuffle'], 0);
  t.equal(outline(flat.text), 'shuffle(blur webp)');
  const written = file(
    '  - degrade:\n      - jpeg: # small\n          quality: 7 # seven\n      - shuffle: [{ webp: { quality: 5 } }]\n',
  );
  const lines = await move(written, [0], [1, 'shuffle'], 1);
  t.equal(outline(lines.text), 'shuffle(webp jpeg)');
  t.match(lines.text, /jpeg: # small\n.*quality: 7 # seven\n/);

  const shared = file(
    '  - degrade:\n      - blur: &b { sigma: [1, 2] }\n      - shuffle:\n          - blur: *b\n          - jpeg: {}\n',
  );
  const late = await move(shared, [0], [1, 'shuffle'], 2);
  t.equal(outline(late.text), 'shuffle(blur jpeg blur)');
  t.match(late.text, /- shuffle:\n +- blur: \{ sigma: \[1, 2\] \}\n/, 'an alias becomes a copy');
  const gone = await edit(shared, { op: 'remove', path: [0] });
  t.match(
    gone.text,
    /- degrade:\n +- shuffle:\n +- blur: \{ sigma: \[1, 2\] \}\n/,
    'also where the step is removed',
  );

  for (const [path, into] of [
    [[2], [2, 'one_of']],
    [[0], [1, 'jpeg', 'quality']],
    [[0], [2]],
    [[0], [9, 'one_of']],
    [[9], [2, 'one_of']],
  ] as const)
    await t.rejects(
      edit(file(steps), { op: 'move', path, into, to: 0 }),
      { code: 'EDIT' },
      `${path} ${into}`,
    );
});

t.test('the steps of a preset come into the file with their comments', async (t) => {
  const preset = file('  - degrade: { preset: realesrgan } # theirs\n');
  const first = await edit(preset, { op: 'unfold', path: [0] });
  t.equal(outline(first.text), 'usm_sharpen preset');
  t.equal(first.moved([0, 'preset', 1])?.join('.'), '1');
  const second = await edit(first.text, { op: 'unfold', path: [1] });
  t.equal(outline(second.text).split(' ').slice(0, 3).join(' '), 'usm_sharpen blur resize');
  t.match(second.text, '\n  - degrade: # theirs\n');
  t.match(second.text, '# First round. Kernels as weighted by kernel_prob');
  t.match(second.text, 'betap: [1, 2] # betap_range\n');
  t.equal(second.text.slice(0, head.length), head);
  t.ok(second.text.endsWith(tail));

  const straight = await edit(preset, {
    op: 'set',
    path: [0, 'preset', 1, 'preset', 3],
    key: ['jpeg', 'quality'],
    value: [1, 2],
  });
  t.equal(straight.moved([0, 'preset', 1, 'preset', 3])?.join('.'), '4');
  t.equal(
    straight.text,
    second.text.replace(
      'jpeg: { quality: [30, 95] } # jpeg_range\n',
      'jpeg: { quality: [1, 2] } # jpeg_range\n',
    ),
  );

  const rare = file('  - degrade:\n      - preset: mild\n        prob: 0.3\n');
  const kept = await edit(rare, { op: 'unfold', path: [0] });
  t.match(
    outline(kept.text),
    /^steps\(/,
    'what is said of the whole preset goes on being said of all its steps',
  );
  t.match(kept.text, /\n {8}prob: 0.3\n/);
  t.equal(kept.moved([0, 'preset', 2])?.join('.'), '0.steps.2');

  const careful = file('  - degrade: { preset: bicubic, max_failures: 3 }\n');
  const mapping = await edit(careful, { op: 'unfold', path: [0] });
  t.match(
    mapping.text,
    /steps:\n(\s+#.*\n)*\s+- resize: \{ to: lq, filters: bicubic_aa \}\n\s+max_failures: 3\n/,
  );
  t.equal(mapping.moved([0, 'preset', 0])?.join('.'), '0');

  const reference = await edit(file('  - degrade: { preset: realesrgan, mode: reference }\n'), {
    op: 'unfold',
    path: [0],
  });
  t.match(reference.text, 'preset: second_order_reference', 'with the numbers that go with the mode');
});

t.test('other ways of writing', async (t) => {
  const flow =
    'stages: [{ crop: {size: 200} }, { degrade: [{ jpeg: { quality: 50 } }] }] # all\nsink: { discard: }\n';
  const longer = await edit(flow, { op: 'insert', path: [], at: 1, step: { webp: {} } });
  t.strictSame(parse(longer.text), {
    stages: [{ crop: { size: 200 } }, { degrade: [{ jpeg: { quality: 50 } }, { webp: {} }] }],
    sink: { discard: null },
  });
  t.match(longer.text, '# all');
  t.equal(
    (await edit(flow, { op: 'set', path: [0], key: ['jpeg', 'quality'], value: 7 })).text,
    flow.replace('50', '7'),
  );

  const alias = file('  - degrade:\n      - blur: &b { sigma: [1, 2] }\n      - blur: *b\n');
  const own = await edit(alias, { op: 'set', path: [1], key: ['blur', 'sigma'], value: [3, 4] });
  const { stages } = readYaml(own.text, 'x').value as { stages: { degrade: { blur: unknown }[] }[] };
  t.strictSame(
    stages[1]?.degrade,
    [{ blur: { sigma: [1, 2] } }, { blur: { sigma: [3, 4] } }],
    'only this one',
  );

  const steps2 = file('  - degrade:\n      - &s\n        jpeg: { quality: 50 }\n      - *s\n');
  const second = await edit(steps2, { op: 'set', path: [1], key: ['jpeg', 'quality'], value: 60 });
  t.strictSame((parse(second.text) as { stages: unknown[] }).stages[1], {
    degrade: [{ jpeg: { quality: 50 } }, { jpeg: { quality: 60 } }],
  });

  const deep = file('  -   degrade:\n        -   jpeg: {quality: 50}\n');
  const set = await edit(deep, { op: 'set', path: [0], key: ['jpeg', 'quality'], value: [50, 60] });
  t.strictSame((parse(set.text) as { stages: unknown[] }).stages[1], {
    degrade: [{ jpeg: { quality: [50, 60] } }],
  });
  t.ok(set.text.startsWith(head) && set.text.endsWith(tail));

  await t.rejects(edit(file(steps), { op: 'remove', path: [9] }), { code: 'EDIT' });
  await t.rejects(edit('name: x\n', { op: 'remove', path: [0] }), { code: 'EDIT' });
  await t.rejects(edit(file(steps), { op: 'insert', path: [0], at: 0, step: { jpeg: {} } }), {
    code: 'EDIT',
  });
});

t.test('the text of the stage goes out and comes in again', async (t) => {
  const text = file(steps);
  const own = stageText(text);
  t.match(own, /^- degrade:\n {4}# Soft\.\n {4}- blur/);
  t.equal(withStageText(text, own), text);
  t.equal(withStageText(text, '- degrade: { preset: mild }'), file('  - degrade: { preset: mild }\n'));
  t.equal(withStageText(text, 'degrade:\n- jpeg:\n').slice(0, head.length), head);
  for (const wrong of ['', '- crop: {}', '- degrade: [', '- degrade: {}\n- crop: {}\n  x: [', 'a: b'])
    t.throws(() => withStageText(text, wrong), { code: 'STAGE_TEXT' }, JSON.stringify(wrong));
});

const anyPath: fc.Arbitrary<number> = fc.nat(40);
const anyEdit = fc.oneof(
  fc.record({ op: fc.constantFrom('remove', 'duplicate', 'unfold'), at: anyPath }),
  fc.record({ op: fc.constant('move'), at: anyPath, to: fc.nat(6) }),
  fc.record({ op: fc.constant('move'), at: anyPath, to: fc.nat(6), group: anyPath }),
  fc.record({ op: fc.constant('wrap'), at: anyPath, kind: fc.constantFrom('one_of', 'shuffle', 'repeat') }),
  fc.record({
    op: fc.constant('set'),
    at: anyPath,
    key: fc.constant(['prob']),
    value: fc.constantFrom(0.5, 1),
  }),
);

t.test(
  'whatever is done: the text stays YAML, nothing else changes, and steps are found where they are said to be',
  async (t) => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(steps, '  - degrade: { preset: anime }\n', '  - degrade:\n      - preset: bsrgan\n'),
        fc.array(anyEdit, { minLength: 1, maxLength: 5 }),
        async (stage, edits) => {
          let text = file(stage);
          const read = async () => {
            const { stages } = readYaml(text, 'x').value as { stages: { degrade?: unknown }[] };
            return flat(await treeOf(stages[1]?.degrade, undefined, new Map()));
          };
          for (const { at, ...rest } of edits) {
            const before = await read();
            if (before.length === 0) return;
            const target = before[at % before.length]!;
            if (rest.op === 'unfold' && target.kind !== 'preset') continue;
            const { group, ...said } = { group: undefined, ...rest };
            const lists = before
              .map(innerList)
              .filter((list) => list !== undefined)
              .filter((list) => !startsWith(list, target.path) && !list.includes('preset'));
            const into = group === undefined ? undefined : [[], ...lists][group % (lists.length + 1)];
            const { text: next, moved } = await edit(
              text,
              Operation.parse({ ...said, path: target.path, ...(into && { into }) }),
            );
            text = next;
            const after = new Map((await read()).map((step) => [step.key, step]));
            for (const step of before) {
              const to = moved(step.path);
              // A preset whose steps are taken into the file is no longer called so.
              const opened = step.kind === 'preset' && startsWith(target.path, step.path);
              if (to === undefined || opened) continue;
              const found = after.get(keyOf(to));
              if (found?.name !== step.name)
                throw new Error(`${step.name} at ${step.key} is not at ${keyOf(to)}\n${text}`);
            }
            if (!text.startsWith(head) || !text.endsWith(tail))
              throw new Error(`more than the stage changed:\n${text}`);
          }
        },
      ),
      { numRuns: 150, seed: 7 },
    );
    t.pass();
  },
);
