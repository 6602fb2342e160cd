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

/** Every change is a single write that overwrites in place, so nothing flickers. */
export function screenOn(terminal: Terminal): Screen {
  let block: readonly string[] = [];

  const rewrite = (above: readonly string[], lines: readonly string[]): void => {
    const body = [...above, ...lines].map((line) => `${line}${clearLine}\n`).join('');
    terminal.write(`${beginFrame}${upTo(block, terminal.columns)}${body}${clearBelow}${endFrame}`);
    block = lines;
  };

  return {
    draw: (lines) => rewrite([], lines.slice(0, Math.max(1, (terminal.rows ?? 24) - 1))),
    print: (lines) => rewrite(lines, block),
    clear: () => {
      if (block.length > 0) rewrite([], []);
    },
  };
}

/** Moves to the first line of the block; a terminal that was narrowed since has folded its lines. */
function upTo(block: readonly string[], given = 80): string {
  // Some pseudo-terminals say 0.
  const columns = given || 80;
  const rows = block.reduce((sum, line) => sum + Math.max(1, Math.ceil(width(line) / columns)), 0);
  return rows === 0 ? '' : `\u001b[${rows}A\r`;
}
