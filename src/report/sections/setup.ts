import { size, utc } from '../format.js';
import { type Content, type Html, html, visible } from '../html.js';
import { both, code, english, mandarin } from '../say.js';
import type { ReportInput } from '../types.js';
import { facts } from './facts.js';

/** The command to run again, what the result depends on, and the machine and versions of this run. */
export function setupSection({ command, environment, engine, started, seed, hash }: ReportInput): Html {
  const { node, platform, cpu, cores, memory, version, packages, folder } = environment;
  const versions = Object.entries({ 'esrgan-stream': version, Node: node.replace(/^v/, ''), ...packages });
  const pairs: (readonly [Content, Content])[] = [
    [both((w) => w.workingFolder), html`<span class="path">${visible(folder)}</span>`],
    [both((w) => w.seed), String(seed)],
    [both((w) => w.hash), html`<code class="hash">${hash}</code> <small>${both((w) => w.hashAbout)}</small>`],
    [both((w) => w.started), utc(started)],
    [both((w) => w.versions), versions.map(([name, one]) => `${name} ${one}`).join(', ')],
    [both((w) => w.platform), platform],
    [both((w) => w.processor), html`${cpu}, ${both((w) => w.cores(cores))}`],
    [both((w) => w.memory), size(memory)],
    ...(engine
      ? [[both((w) => w.engine), html`${engine.name} <span lang="en">(${engine.reason})</span>`] as const]
      : []),
  ];
  return html`<p>${both((w) => w.toRunAgain)}</p>
<div class="copyable" data-en-copy="${english.copy}" data-zh-copy="${mandarin.copy}" data-en-copied="${english.copied}" data-zh-copied="${mandarin.copied}">${code((w) => w.command, command, 'command')}</div>
<p class="empty">${both((w) => w.sameBytes)}</p>
${facts(pairs)}`;
}
