/** A test that needs nothing but Node. */
export const testText = (name: string, from: string): string => `// Run it with: node --test ${name}.test.mjs
import assert from 'node:assert/strict';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { contextOf, createRng, loadDegradation } from '${from.replaceAll(/[\\']/g, '\\$&')}';

const degradation = await loadDegradation('./${name}.ts', fileURLToPath(new URL('.', import.meta.url)));

// The options as they are without \`with:\`, and what one sample draws from them.
const { value: options, issues } = await degradation.options['~standard'].validate({});
const info = { id: 'test.png@HR:9x7+0+0', width: 9, height: 7, scale: 4 };
const draw = (seed) => degradation.sample(createRng(seed), options, info);

/** A tiny picture of random colours. */
function picture() {
  const rng = createRng('picture');
  return { width: 9, height: 7, data: Float32Array.from({ length: 3 * 9 * 7 }, () => rng.uniform()) };
}

const apply = (params) => degradation.apply(picture(), params, contextOf({ scale: 4, gt: { width: 9, height: 7 } }));

test('the options have defaults', () => assert.equal(issues, undefined));

test('drawn parameters survive being written down as JSON', () => {
  for (let i = 0; i < 100; i++) {
    const params = draw(\`sample \${i}\`);
    assert.deepEqual(JSON.parse(JSON.stringify(params)), params);
  }
});

test('the same seed gives the same pixels, another seed gives others', async () => {
  const { data } = await apply(draw('a'));
  assert.deepEqual((await apply(draw('a'))).data, data);
  assert.notDeepEqual((await apply(draw('b'))).data, data);
});

test('every value is finite and the image is whole', async () => {
  for (let i = 0; i < 100; i++) {
    const { width, height, data } = await apply(draw(\`sample \${i}\`));
    assert.equal(data.length, 3 * width * height);
    assert.ok(data.every(Number.isFinite));
  }
});
`;
