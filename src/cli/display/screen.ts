import { width } from './columns.js';

/** What a terminal offers. */
export interface Terminal {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** A block of lines at the bottom of a terminal that is redrawn in place, and lines that stay above it. */
export interface Screen {
  draw(lines: readonly string[]): void;
  /** Prints lines above the block. */
  print(lines: readonly string[]): void;
  clear(): void;
}

const beginFrame = '\u001b[?2026h';
const endFrame = '\u001b[?2026l';
const clearLine = '\u001b[K';
const clearBelow = '\u001b[J';

const home = '\u001b[H';

/**
 * Every change is a single write that overwrites in place, so nothing flickers. Of escape sequences it sends: cursor
 * up, clear to the end of a line, clear below, and the pair around a frame that terminals without it ignore.
 *
 * A terminal that was made narrower has folded the lines of the block, or cut them, or is about to, and there is no
 * telling which. So everything moves up into the scrollback, whole, and the block begins anew at the top.
 */
export function screenOn(terminal: Terminal): Screen {
  let block: readonly string[] = [];

  const rewrite = (above: readonly string[], lines: readonly string[]): void => {
    const body = [...above, ...lines].map((line) => `${line}${clearLine}\n`).join('');
    terminal.write(`${beginFrame}${toTop(block, terminal)}${body}${clearBelow}${endFrame}`);
    block = lines;
  };

  return {
    draw: (lines) => rewrite([], lines.slice(0, rowsOf(terminal) - 1)),
    print: (lines) => rewrite(lines, block),
    clear: () => {
      if (block.length > 0) rewrite([], []);
    },
  };
}

// Some pseudo-terminals say 0.
const rowsOf = ({ rows }: Terminal): number => Math.max(2, rows || 24);

/** To where the block begins, or to the top of a fresh screen. */
function toTop(block: readonly string[], terminal: Terminal): string {
  const columns = terminal.columns || 80;
  if (block.some((line) => width(line) > columns)) return `${'\n'.repeat(rowsOf(terminal))}${home}`;
  return block.length === 0 ? '' : `\u001b[${block.length}A\r`;
}
