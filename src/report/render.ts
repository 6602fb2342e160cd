import { utc } from './format.js';
import { Html, html } from './html.js';
import { kindOf } from './outcome.js';
import { fileSection } from './sections/files.js';
import { overview } from './sections/overview.js';
import { pictureSection } from './sections/pictures.js';
import { planSection } from './sections/plan.js';
import { optionsSection, setupSection } from './sections/setup.js';
import { stageSection } from './sections/stages.js';
import { trainingSection } from './sections/training.js';
import { style } from './style.js';
import type { ReportInput } from './types.js';

interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Html;
}

function sectionsOf(input: ReportInput): Section[] {
  const { summary, plan, pictures } = input;
  const kind = kindOf(summary);
  return [
    ...(pictures.length > 0 ? [{ id: 'pictures', title: 'Pictures', body: pictureSection(pictures) }] : []),
    ...(kind === 'train' ? [{ id: 'training', title: 'Training', body: trainingSection(input) }] : []),
    { id: 'stages', title: 'Stages', body: stageSection(summary) },
    { id: 'files', title: 'Input files', body: fileSection(summary, plan) },
    { id: 'plan', title: 'Plan', body: planSection(plan) },
    { id: 'options', title: 'Options', body: optionsSection(input) },
    { id: 'setup', title: 'How to reproduce', body: setupSection(input) },
  ];
}

/** Nothing may be loaded from outside and no script may run, whatever the data contains. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/**
 * The report of one run as one HTML document that needs nothing else: no network, no script, no other
 * file. The same input gives the same text.
 */
export function renderReport(input: ReportInput): string {
  const sections = sectionsOf(input);
  const name = input.pipeline.name;
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${name}: run report</title>
<style>${new Html(style)}</style>
</head>
<body>
<header>
<p class="kind">Run report, ${utc(input.started)}</p>
<h1>${name}</h1>
${overview(input)}
<nav aria-label="Sections"><ul>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
</header>
<main>
${sections.map(({ id, title, body }) => html`<section id="${id}" aria-labelledby="${id}-title">\n<h2 id="${id}-title">${title}</h2>\n${body}\n</section>\n`)}
</main>
<footer>Made by esrgan-stream ${input.environment.version}.</footer>
</body>
</html>
`.text;
}
