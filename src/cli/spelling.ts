/** Options that the original scripts spell with underscores. */
const original = [
  'crop_size',
  'thresh_size',
  'compression_level',
  'n_thread',
  'meta_info',
  'auto_resume',
  'force_yml',
  'local_rank',
];

/** `-opt FILE` of BasicSR: one dash and three letters. */
const opt = /^-opt(?=$|=)/;

/** `--crop-size` and `--crop_size` are the same, and so are `-opt` and `--opt`. */
export function normaliseSpelling(argv: readonly string[]): string[] {
  return argv.map((arg) => {
    if (opt.test(arg)) return `-${arg}`;
    const [, name, rest = ''] = /^--([\w-]+)(=.*)?$/s.exec(arg) ?? [];
    const underscored = name?.replaceAll('-', '_');
    return underscored && original.includes(underscored) ? `--${underscored}${rest}` : arg;
  });
}
