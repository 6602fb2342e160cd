/** The characters that pictures made of text consist of. */
export interface Glyphs {
  readonly full: string;
  readonly empty: string;
  readonly ellipsis: string;
  /** From low to high; none where a terminal's font cannot be relied on for them. */
  readonly levels: string;
}

export const unicode: Glyphs = { full: '█', empty: '░', ellipsis: '…', levels: '▁▂▃▄▅▆▇█' };
export const ascii: Glyphs = { full: '#', empty: '-', ellipsis: '...', levels: '' };

/**
 * What a terminal can be trusted to show: ASCII in the old console of Windows, whose code page and fonts lack
 * the rest, on Linux's own console, and where the locale names another character set than UTF-8.
 */
export function glyphsFor(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): Glyphs {
  if (platform === 'win32') return isModernWindows(env) ? unicode : ascii;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  if (locale && !/utf-?8/i.test(locale)) return ascii;
  return env.TERM === 'linux' || env.TERM === 'dumb' ? ascii : unicode;
}

/** Windows Terminal, VS Code, ConEmu, mintty and their like say so; the old console says nothing. */
function isModernWindows(env: NodeJS.ProcessEnv): boolean {
  const speaks = ['WT_SESSION', 'TERM_PROGRAM', 'ConEmuTask', 'TERMINAL_EMULATOR'];
  return speaks.some((name) => env[name]) || /^(xterm|alacritty|rxvt|tmux|screen)/.test(env.TERM ?? '');
}

/** A gauge of the given number of columns. */
export function bar(share: number, size: number, { full, empty }: Glyphs = unicode): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * size);
  return full.repeat(filled) + empty.repeat(size - filled);
}

/** A curve one line high, the lowest of its finite values at the bottom; empty where the glyphs for it are missing. */
export function curve(values: readonly number[], { levels }: Glyphs = unicode): string {
  const shown = values.filter(Number.isFinite);
  if (levels === '' || shown.length < 2) return '';
  const [low, high] = [Math.min(...shown), Math.max(...shown)];
  const steps = [...levels];
  return shown
    .map((value) => steps[high === low ? 0 : Math.round(((value - low) / (high - low)) * (steps.length - 1))])
    .join('');
}
