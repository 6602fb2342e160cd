import { utc } from './format.js';
import { Html, html } from './html.js';
import { kindOf } from './outcome.js';
import { attribute, both, english, mandarin } from './say.js';
import { script, scriptHash } from './script.js';
import { fileSection } from './sections/files.js';
import { optionsSection } from './sections/options.js';
import { overview } from './sections/overview.js';
import { pictureSection } from './sections/pictures.js';
import { planSection } from './sections/plan.js';
import { setupSection } from './sections/setup.js';
import { stageSection } from './sections/stages.js';
import { trainingSection } from './sections/training.js';
import { style } from './style.js';
import type { ReportInput } from './types.js';

interface Section {
  readonly id: 'pictures' | 'training' | 'stages' | 'files' | 'plan' | 'options' | 'setup';
  readonly body: Html;
}

function sectionsOf(input: ReportInput): Section[] {
  const { summary, plan, scenes, moreScenes = 0 } = input;
  const trains = kindOf(summary) === 'train';
  return [
    ...(scenes.length > 0 ? [{ id: 'pictures', body: pictureSection(scenes, moreScenes) } as const] : []),
    ...(trains ? [{ id: 'training', body: trainingSection(input) } as const] : []),
    { id: 'stages', body: stageSection(input) },
    { id: 'files', body: fileSection(summary, plan) },
    { id: 'plan', body: planSection(plan) },
    { id: 'options', body: optionsSection(input) },
    { id: 'setup', body: setupSection(input) },
  ];
}

/** Nothing may be loaded from outside and no script but the page's own may run, whatever the data contains. */
const policy = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src '${scriptHash}'`;

const tongues = html`<fieldset class="segments tongues" hidden${attribute('aria-label', (w) => w.language)}><button type="button" lang="en" aria-pressed="true" aria-label="English">EN</button><button type="button" lang="zh-TW" aria-pressed="false" aria-label="繁體中文（台灣）">中文</button></fieldset>`;

/**
 * The report of one run as one HTML document that needs nothing else: no network, no other file. The same input
 * gives the same text. Everything can be read without its script, which a hash in its policy allows.
 */
export function renderReport(input: ReportInput): string {
  const sections = sectionsOf(input);
  const { name, started, environment } = input;
  const when = utc(started);
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title data-zh="${name}：${mandarin.runReport(when)}">${name}: ${english.runReport(when)}</title>
<style>${new Html(style)}</style>
</head>
<body>
<header>
<p class="kind">${both((w) => w.runReport(when))}</p>${tongues}
<h1>${name}</h1>
${overview(input)}
<nav${attribute('aria-label', (w) => w.sections)}><ul>${sections.map(({ id }) => html`<li><a href="#${id}">${both((w) => w[id])}</a></li>`)}</ul></nav>
</header>
<main>
${sections.map(({ id, body }) => html`<section id="${id}" aria-labelledby="${id}-title">\n<h2 id="${id}-title">${both((w) => w[id])}</h2>\n${body}\n</section>\n`)}
</main>
<footer>${both((w) => w.madeBy(environment.version))}</footer>
<script>${new Html(script)}</script>
</body>
</html>
`.text;
}
