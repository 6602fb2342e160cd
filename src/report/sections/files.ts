import type { FileOutcome, PlanSummary, RunSummary } from '../../events.js';
import { count, plural } from '../format.js';
import { type Html, html, scrolling, visible } from '../html.js';
import { countFiles } from '../outcome.js';

/** Longer groups start closed, so that the page stays readable. */
const mostRowsOpen = 50;

/** The folder all paths have in common, with its final slash. */
export function commonFolder(paths: readonly string[]): string {
  if (paths.length < 2) return '';
  const [first, ...others] = paths;
  let length = first.length;
  for (const path of others) {
    let same = 0;
    while (same < length && path[same] === first[same]) same += 1;
    length = same;
  }
  return first.slice(
    0,
    Math.max(first.lastIndexOf('/', length - 1), first.lastIndexOf('\\', length - 1)) + 1,
  );
}

interface Group {
  readonly title: string;
  readonly className: FileOutcome['outcome'];
  readonly files: readonly FileOutcome[];
  readonly open: boolean;
}

function groupsOf(files: readonly FileOutcome[]): Group[] {
  const of = (outcome: FileOutcome['outcome']) => files.filter((file) => file.outcome === outcome);
  const [failed, skipped, used] = [of('failed'), of('skipped'), of('used')];
  const [converted, plain] = [
    used.filter((f) => f.notes.length > 0),
    used.filter((f) => f.notes.length === 0),
  ];
  const groups: Omit<Group, 'open'>[] = [
    { title: 'Failed', className: 'failed', files: failed },
    { title: 'Skipped', className: 'skipped', files: skipped },
    { title: 'Used, with conversions', className: 'used', files: converted },
    { title: 'Used as they are', className: 'used', files: plain },
  ];
  return groups
    .filter((group) => group.files.length > 0)
    .map((group) => ({ ...group, open: group.className !== 'used' && group.files.length <= mostRowsOpen }));
}

/** Reasons that several files share, most frequent first. */
function sharedReasons(files: readonly FileOutcome[]): Html | undefined {
  const counts = new Map<string, number>();
  for (const { reason } of files) if (reason) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const shared = [...counts].filter(([, n]) => n > 1).sort(([, a], [, b]) => b - a);
  if (shared.length === 0) return undefined;
  return html`<ul class="reasons">${shared.map(([reason, n]) => html`<li><b>${count(n)}</b> ${reason}</li>`)}</ul>`;
}

interface Column {
  readonly title: string;
  readonly className: string;
  readonly cell: (file: FileOutcome) => string;
}

const reasonColumn: Column = {
  title: 'Reason',
  className: 'text',
  cell: ({ reason }) => reason ?? 'no reason given',
};
const notesColumn: Column = { title: 'Notes', className: 'text', cell: ({ notes }) => notes.join('\n') };
const cropsColumn: Column = { title: 'Crops', className: 'n', cell: ({ crops }) => count(crops) };

const columnsOf = ({ className, files }: Group): Column[] => [
  ...(className === 'used' ? [] : [reasonColumn]),
  ...(files.some(({ notes }) => notes.length > 0) ? [notesColumn] : []),
  ...(className === 'used' || files.some(({ crops }) => crops > 0) ? [cropsColumn] : []),
];

function groupPart(group: Group, folder: string): Html {
  const { title, className, files, open } = group;
  const columns = columnsOf(group);
  const head = columns.map(
    (column) => html`<th scope="col" class="${column.className}">${column.title}</th>`,
  );
  const row = (file: FileOutcome): Html =>
    html`<tr><th scope="row" class="path">${visible(file.path.slice(folder.length))}</th>${columns.map((column) => html`<td class="${column.className}">${column.cell(file)}</td>`)}</tr>\n`;
  const table = html`<table class="files"><thead><tr><th scope="col">File</th>${head}</tr></thead><tbody>${files.map(row)}</tbody></table>`;
  return html`<details class="${className}"${open && html` open`}><summary>${title}: ${count(files.length)}</summary>${sharedReasons(files)}${scrolling(title, table)}</details>`;
}

function sumOf(summary: RunSummary, plan: PlanSummary): Html {
  const { used, skipped, failed } = countFiles(summary);
  const found = summary.files.length;
  const total = html`<p><b>${plural(found, 'file')}</b> = <b class="used">${count(used)} used</b> + <b class="skipped">${count(skipped)} skipped</b> + <b class="failed">${count(failed)} failed</b>.</p>`;
  if (found === plan.files) return total;
  const early = summary.stopped && found < plan.files;
  const why = early ? 'the run was stopped before it reached the others' : 'the two should be equal';
  return html`${total}<p class="failed">The plan counted ${plural(plan.files, 'file')}; ${why}.</p>`;
}

/** What became of every input file: failed and skipped first, with the counts adding up. */
export function fileSection(summary: RunSummary, plan: PlanSummary): Html {
  const folder = commonFolder(summary.files.map(({ path }) => path));
  return html`${sumOf(summary, plan)}
${folder && html`<p>All paths below lie in <span class="path">${visible(folder)}</span></p>`}
${groupsOf(summary.files).map((group) => groupPart(group, folder))}`;
}
