import { plural, size, utc } from '../format.js';
import { type Html, html } from '../html.js';
import type { ReportInput } from '../types.js';

/** HTML drops a line feed right after the tag; the extra one keeps the text's own. */
const code = (label: string, text: string, className?: string): Html =>
  html`<pre${className && html` class="${className}"`} tabindex="0" role="region" aria-label="${label}">\n<code>${text}</code></pre>`;

/** The pipeline file as it was read, without overrides of the command line. */
export const optionsSection = ({ pipeline }: ReportInput): Html =>
  html`<details><summary>The pipeline file of ${pipeline.name}</summary>${code('Pipeline file', pipeline.text)}</details>`;

/** The command to run again, and the machine and versions of this run. */
export function setupSection({ command, environment, engine, started }: ReportInput): Html {
  const facts: [string, string][] = [
    ['Started', utc(started)],
    ['esrgan-stream', environment.version],
    ['Node', environment.node],
    ['Platform', environment.platform],
    ['Processor', `${environment.cpu}, ${plural(environment.cores, 'core')}`],
    ['Memory', size(environment.memory)],
    ...(engine ? [['Engine', `${engine.name} (${engine.reason})`] as [string, string]] : []),
  ];
  return html`<p>To run it again, from the folder the run was started in:</p>
${code('Command', command, 'command')}
<dl class="pairs">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}
