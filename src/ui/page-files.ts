import { existsSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../config/package-root.js';
import { EsrganError } from '../errors.js';
import { fileReply } from './files.js';
import type { Route } from './routes.js';

const folder = path.join(packageRoot, 'dist', 'page');

/** Names of pages: folders of `src/ui/page` with a `main.tsx`. */
export type PageName = 'live' | 'playground';

/**
 * Routes of a page: `/` and what it loads.
 * @throws EsrganError `PAGE_MISSING` when the pages have not been bundled
 */
export function pageRoutes(page: PageName, title: string): Route[] {
  if (!existsSync(path.join(folder, `${page}.js`)))
    throw new EsrganError('PAGE_MISSING', `the page is missing: ${path.join(folder, `${page}.js`)}`, {
      remedy: 'Bundle it with npm run build, or install the package again.',
    });
  const html = pageShell(page, title);
  return [
    { method: 'GET', path: '/', handle: () => ({ bytes: html, type: 'text/html; charset=utf-8' }) },
    { method: 'GET', path: '/favicon.svg', handle: () => ({ bytes: ICON, type: 'image/svg+xml' }) },
    ...['js', 'css'].map(
      (extension): Route => ({
        method: 'GET',
        path: `/${page}.${extension}`,
        handle: () => fileReply(folder, `${page}.${extension}`),
      }),
    ),
  ];
}

const attributes = (data: Readonly<Record<string, string>>): string =>
  Object.entries(data)
    .map(([name, value]) => ` data-${name}="${escaped(value)}"`)
    .join('');

const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.codePointAt(0)};`);

/**
 * The document of a page.
 * @param data what the page finds as `data-...` of its element `#app`
 */
export const pageShell = (
  page: PageName,
  title: string,
  data: Readonly<Record<string, string>> = {},
): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/${page}.css">
</head>
<body>
<div id="app"${attributes(data)}></div>
<noscript>This page needs JavaScript.</noscript>
<script src="/${page}.js" type="module"></script>
</body>
</html>
`;

/** A small picture becoming a large one. */
const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#15181c"/>' +
  '<path d="M5 5h7v7H5z" fill="#e8a33d"/><path d="M14 14h13v13H14z" fill="none" stroke="#7cc4b8" stroke-width="2"/>' +
  '<path d="M12 12l4 4" stroke="#7cc4b8" stroke-width="2"/></svg>';
