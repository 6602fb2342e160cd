import t from 'tap';
import { degradations } from '../../../src/degradations/index.js';
import { abouts } from '../../../src/ui/page/playground/about.js';
import { controlsOf } from '../../../src/ui/playground/controls.js';

t.test('every built-in operator and all of its options are explained in both languages', async (t) => {
  const said = new Set<string>();
  for (const [name, operator] of degradations) {
    const { options } = operator;
    if ('description' in options && typeof options.description === 'string') said.add(options.description);
    for (const control of await controlsOf(operator)) {
      t.ok(control.about, `${name}.${control.path.join('.')}`);
      if (control.about) said.add(control.about);
      if (control.kind === 'weights') for (const { about } of control.words) if (about) said.add(about);
    }
  }
  t.strictSame(
    [...said].filter((english) => !(english in abouts)),
    [],
    'without a translation',
  );
  t.strictSame(
    Object.keys(abouts).filter((english) => !said.has(english)),
    [],
    'translations of what is said no longer',
  );
  for (const [english, mandarin] of Object.entries(abouts)) {
    t.match(mandarin, /[\u4e00-\u9fff]/, english);
    const marked = (text: string): string[] => (text.match(/`\w+`/g) ?? []).sort();
    t.strictSame(marked(mandarin), marked(english), 'names stay as they are');
  }
});
