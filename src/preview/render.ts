import { count, percent, plural } from '../report/format.js';
import { Html, html, visible } from '../report/html.js';
import { style } from '../report/style.js';
import { histogram, shares } from './histogram.js';
import { previewStyle } from './style.js';
import type {
  Draws,
  FailedSample,
  OperatorDraws,
  Picture,
  PreviewData,
  PreviewSample,
  PreviewStep,
} from './types.js';
import { spaced } from './words.js';

/** Nothing may be loaded from outside and no script may run, whatever the data contains. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** Smaller pictures are enlarged by whole pixels, so that the page adds no blur of its own. */
const SMALL = 200;

function image({ width, height, type, bytes }: Picture, alt: string): Html {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  const small = Math.max(width, height) < SMALL && html` class="small"`;
  return html`<img${small} src="data:${type};base64,${data}" width="${width}" height="${height}" alt="${alt}">`;
}

const sizeOf = ({ width, height }: Picture): string => `${width}x${height}`;

function stepItem({ name, words, of, image: picture }: PreviewStep, i: number): Html {
  const side = of !== 'lq' && html` <span class="tag">${of}</span>`;
  return html`<li><figure>${image(picture, `after step ${i + 1}, ${spaced(name)}`)}<figcaption>${i + 1}. <b>${spaced(name)}</b>${side} ${words}<small>${sizeOf(picture)}</small></figcaption></figure></li>\n`;
}

function sampleArticle(sample: PreviewSample, i: number): Html {
  const { id, cut, original, gt, lq, steps, warnings } = sample;
  return html`<article class="sample" aria-labelledby="s${i}">
<h3 id="s${i}"><span class="path">${visible(id)}</span></h3>
<p>${cut}</p>
<div class="ends">
${original && html`<figure>${image(original, `original of sample ${i + 1}`)}<figcaption><b>original</b><small>before any step</small></figcaption></figure>\n`}<figure>${image(gt, `gt of sample ${i + 1}`)}<figcaption><b>gt</b><small>${sizeOf(gt)}</small></figcaption></figure>
<figure>${image(lq, `lq of sample ${i + 1}, enlarged`)}<figcaption><b>lq</b><small>${sizeOf(lq)}, every pixel enlarged</small></figcaption></figure>
<figure class="own">${image(lq, `lq of sample ${i + 1} at its own size`)}<figcaption><b>lq</b><small>at its own size</small></figcaption></figure>
</div>
${steps.length === 0 && html`<p>No operator was applied.</p>`}
<ol class="steps">
${steps.map(stepItem)}</ol>
${warnings.length > 0 && html`<ul class="reasons skipped">${warnings.map((warning) => html`<li>${warning}</li>`)}</ul>`}
</article>
`;
}

function failures(failed: readonly FailedSample[], of: number): Html | false {
  if (failed.length === 0) return false;
  const shown = failed.slice(0, 10);
  const more = failed.length - shown.length;
  return html`<details class="failed" open><summary>${count(failed.length)} of ${plural(of, 'sample')} failed</summary><ul class="reasons">${shown.map(({ id, reason }) => html`<li><span class="path">${visible(id)}</span>: ${reason}</li>`)}${more > 0 && html`<li>and ${count(more)} more</li>`}</ul></details>`;
}

const ordinals = ['first', 'second', 'third', 'fourth', 'fifth'];

function operatorDraws(operator: OperatorDraws, samples: number): Html {
  const { name, occurrence, occurrences, on, applied, parameters } = operator;
  const often = applied > operator.samples && `, ${(applied / operator.samples).toFixed(1)} times each`;
  const which = occurrences > 1 && `${ordinals[occurrence - 1] ?? `no. ${occurrence}`} `;
  const side = on !== 'lq' && html` <span class="tag">on ${on === 'both' ? 'gt and lq' : on}</span>`;
  return html`<h3 class="operator">${which}${spaced(name)}${side} <small>in ${percent(operator.samples / samples)} of the samples${often}</small></h3>
<div class="draws">${parameters.map(({ name: key, numbers, words }) => [
    words.length > 0 && shares(spaced(key), words, applied),
    numbers.length > 0 && histogram(spaced(key), numbers),
  ])}</div>
`;
}

function drawSection({ samples, operators, scales, orientations, failed }: Draws): Html {
  return html`<p>Drawn for ${plural(samples, 'sample')} in the order of the run; no picture was needed for that.</p>
${failures(failed, samples + failed.length)}
<h3 class="operator">where crops come from, and how they are turned</h3>
<div class="draws">${shares('copy of the photograph', scales, samples)}${shares('orientation', orientations, samples)}</div>
${operators.map((operator) => operatorDraws(operator, samples))}`;
}

/**
 * The preview as one HTML document that needs nothing else: no network, no script, no other file. The same data
 * gives the same text.
 */
export function renderPreview(data: PreviewData): string {
  const { pipeline, samples, failed, draws, scale, seed, command, version } = data;
  const sections = [
    { id: 'samples', title: 'Samples' },
    { id: 'draws', title: 'What is drawn' },
    ...(pipeline.text ? [{ id: 'pipeline', title: 'Pipeline' }] : []),
  ];
  const bodies: Record<string, Html> = {
    samples: html`${failures(failed, samples.length + failed.length)}${samples.map(sampleArticle)}`,
    draws: drawSection(draws),
    pipeline: html`${command && html`<p>Made by <code>${command}</code></p>\n`}<details><summary>The pipeline file</summary><pre>\n${pipeline.text}</pre></details>`,
  };
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${pipeline.name}: preview</title>
<style>${new Html(style + previewStyle)}</style>
</head>
<body>
<header>
<p class="kind">Preview, seed ${seed}</p>
<h1>${pipeline.name}</h1>
<p class="lead">${plural(samples.length, 'sample')} of a run, evenly taken: gt, the image after every operator, and lq, which is ${scale} times smaller. gt and lq are the very pixels that are trained on; larger steps between them are stored as JPEG of quality 92.</p>
<nav aria-label="Sections"><ul>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
</header>
<main>
${sections.map(({ id, title }) => html`<section id="${id}" aria-labelledby="${id}-title">\n<h2 id="${id}-title">${title}</h2>\n${bodies[id]}\n</section>\n`)}
</main>
<footer>Made by esrgan-stream ${version}.</footer>
</body>
</html>
`.text;
}
