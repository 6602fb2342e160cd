/** Options that the original scripts spell with underscores. */
const original = ['crop_size', 'thresh_size', 'compression_level', 'n_thread', 'meta_info'];

/** `--crop-size` and `--crop_size` are the same. */
export function normaliseSpelling(argv: readonly string[]): string[] {
  return argv.map((arg) => {
    const [, name, rest = ''] = /^--([\w-]+)(=.*)?$/s.exec(arg) ?? [];
    const underscored = name?.replaceAll('-', '_');
    return underscored && original.includes(underscored) ? `--${underscored}${rest}` : arg;
  });
}
