import { type Html, html, visible } from '../html.js';
import { both, code, scrolling } from '../say.js';
import type { Change, ReportInput } from '../types.js';
import type { Words } from '../words.js';

type Say = (words: Words) => string;

const value = (text: string | undefined): Html =>
  text === undefined ? html`<i>${both((w) => w.notSet)}</i>` : html`<code>${visible(text)}</code>`;

function changesTable(label: Say, before: Say, changes: readonly Change[]): Html {
  const row = (change: Change): Html =>
    html`<tr><th scope="row">${key(change.path)}</th><td class="text">${value(change.before)}</td><td class="text">${value(change.after)}</td></tr>`;
  return scrolling(
    label,
    html`<table class="changes"><thead><tr><th scope="col">${both((w) => w.optionColumn)}</th><th scope="col">${both(before)}</th><th scope="col">${both((w) => w.inRun)}</th></tr></thead><tbody>${changes.map(row)}</tbody></table>`,
  );
}

function changed(changes: readonly Change[]): Html {
  const heading = html`<h3>${both((w) => w.changedHere)}</h3>`;
  if (changes.length === 0) return html`${heading}<p>${both((w) => w.nothingChanged)}</p>`;
  return html`${heading}${changesTable(
    (w) => w.changedHere,
    (w) => w.inFile,
    changes,
  )}`;
}

/** A path that breaks behind its dots. */
const key = (path: string): Html =>
  html`<code>${path.split('.').map((step, i) => [i > 0 && html`.<wbr>`, visible(step)])}</code>`;

/** Longer lists start closed. */
const mostOpen = 12;

function published({ name, changes }: { readonly name: string; readonly changes: readonly Change[] }): Html {
  const file = html`<code>${visible(name)}</code>`;
  if (changes.length === 0) return html`<p>${both((w) => w.publishedIs(file))}</p>`;
  const table = changesTable(
    (w) => w.published,
    (w) => w.published,
    changes,
  );
  return html`<details${changes.length <= mostOpen && html` open`}><summary>${both((w) => w.differsFrom(file, changes.length))}</summary>${table}</details>`;
}

/** What the run was told: what differs from its files and from the published ones, every option, and the files. */
export function optionsSection({ options }: ReportInput): Html {
  const { files, effective } = options;
  const all = html`<table class="changes"><thead><tr><th scope="col">${both((w) => w.optionColumn)}</th><th scope="col">${both((w) => w.inRun)}</th></tr></thead><tbody>${effective.map(({ path, after }) => html`<tr><th scope="row">${key(path)}</th><td class="text">${value(after)}</td></tr>`)}</tbody></table>`;
  return html`${options.changed && changed(options.changed)}
${options.published && published(options.published)}
${effective.length > 0 && html`<details><summary>${both((w) => w.allOptions(effective.length))}</summary>${scrolling((w) => w.allOptions(effective.length), all)}</details>`}
${files.map(({ name, text }) => html`<details><summary>${both((w) => w.theFile(name))}</summary><p class="empty">${both((w) => w.asRead)}</p>${code((w) => w.theFile(name), text)}</details>`)}`;
}
