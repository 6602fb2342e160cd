import type { Notice } from '../config/basicsr/read.js';
import { shownPath, visible } from './display/escape.js';
import type { Paint } from './display/paint.js';

const titles: Readonly<Record<Notice['kind'], (key: string) => string>> = {
  dead: (key) => `${key} has no effect`,
  needless: (key) => `${key} is not needed here`,
  unknown: (key) => `${key} is passed over`,
  trial: () => 'a trial run',
};

/** What is worth knowing about an option file: a warning with its place for each, the merely needless on one line. */
export function noticeLines(notices: readonly Notice[], paint: Paint): string[] {
  const idle = notices.filter(({ kind, message }) => kind === 'needless' && message === '');
  const told = notices.filter((notice) => !idle.includes(notice));
  return [
    ...told.flatMap(({ kind, key, message, place }) => [
      `${paint.yellow('warning:')} ${visible(`${titles[kind](key)}: ${message}`)}`,
      `  ${paint.dim('at')} ${paint.cyan([shownPath(place.file), place.line, place.column].filter((part) => part !== undefined).join(':'))}`,
    ]),
    ...(idle.length > 0
      ? [paint.dim(`not needed here: ${idle.map(({ key }) => visible(key)).join(', ')}`)]
      : []),
  ];
}
