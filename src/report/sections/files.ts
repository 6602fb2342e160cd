import type { FileOutcome, PlanSummary, RunSummary } from '../../events.js';
import { count } from '../format.js';
import { type Html, html, visible } from '../html.js';
import { countFiles } from '../outcome.js';
import { both, scrolling } from '../say.js';
import type { Words } from '../words.js';

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

type Say = (words: Words) => string;

interface Group {
  readonly title: Say;
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
    { title: (w) => w.failed, className: 'failed', files: failed },
    { title: (w) => w.skipped, className: 'skipped', files: skipped },
    { title: (w) => w.usedConverted, className: 'used', files: converted },
    { title: (w) => w.usedPlain, className: 'used', files: plain },
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
  return html`<ul class="reasons" lang="en">${shared.map(([reason, n]) => html`<li><b>${count(n)}</b> ${reason}</li>`)}</ul>`;
}

interface Column {
  readonly title: Say;
  readonly className: string;
  readonly cell: (file: FileOutcome) => Html | string;
}

const reasonColumn: Column = {
  title: (w) => w.reason,
  className: 'text',
  cell: ({ reason }) => (reason === undefined ? both((w) => w.noReason) : english(reason)),
};
const notesColumn: Column = {
  title: (w) => w.notes,
  className: 'text',
  cell: ({ notes }) => english(notes.join('\n')),
};
const cropsColumn: Column = {
  title: (w) => w.cropsName,
  className: 'n',
  cell: ({ crops }) => count(crops),
};

/** What the stages said of a file: whatever language the page is in, it is English. */
const english = (text: string): Html | string => (text === '' ? '' : html`<span lang="en">${text}</span>`);

const columnsOf = ({ className, files }: Group): Column[] => [
  ...(className === 'used' ? [] : [reasonColumn]),
  ...(files.some(({ notes }) => notes.length > 0) ? [notesColumn] : []),
  ...(className === 'used' || files.some(({ crops }) => crops > 0) ? [cropsColumn] : []),
];

function groupPart(group: Group, folder: string): Html {
  const { title, className, files, open } = group;
  const columns = columnsOf(group);
  const head = columns.map(
    (column) => html`<th scope="col" class="${column.className}">${both(column.title)}</th>`,
  );
  const row = (file: FileOutcome): Html =>
    html`<tr><th scope="row" class="path">${visible(file.path.slice(folder.length))}</th>${columns.map((column) => html`<td class="${column.className}">${column.cell(file)}</td>`)}</tr>\n`;
  const table = html`<table class="files"><thead><tr><th scope="col">${both((w) => w.file)}</th>${head}</tr></thead><tbody>${files.map(row)}</tbody></table>`;
  return html`<details class="${className}"${open && html` open`}><summary>${both((w) => w.titled(title(w), files.length))}</summary>${sharedReasons(files)}${scrolling(title, table)}</details>`;
}

function sumOf(summary: RunSummary, plan: PlanSummary): Html {
  const { used, skipped, failed } = countFiles(summary);
  const found = summary.files.length;
  const total = html`<p><b>${both((w) => w.filesCount(found))}</b> = <b class="used">${both((w) => w.nUsed(used))}</b> + <b class="skipped">${both((w) => w.nSkipped(skipped))}</b> + <b class="failed">${both((w) => w.nFailed(failed))}</b>${both((w) => w.stop)}</p>`;
  if (found === plan.files) return total;
  const early = summary.stopped && found < plan.files;
  return html`${total}<p class="failed">${both((w) => w.planCounted(plan.files, early))}</p>`;
}

/** What became of every input file: failed and skipped first, with the counts adding up. */
export function fileSection(summary: RunSummary, plan: PlanSummary): Html {
  const folder = commonFolder(summary.files.map(({ path }) => path));
  const place = html`<span class="path">${visible(folder)}</span>`;
  return html`${sumOf(summary, plan)}
${folder && html`<p>${both((w) => w.pathsLieIn(place))}</p>`}
${groupsOf(summary.files).map((group) => groupPart(group, folder))}`;
}
