import { InvalidArgumentError, Option } from 'commander';

/** Gathers the values of an option that may be repeated. */
export const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** An option whose value is a whole number in a range. */
export function whole(flags: string, text: string, from: number, to = Number.MAX_SAFE_INTEGER): Option {
  return new Option(flags, text).argParser((value) => {
    const number = Number(value);
    const range = to === Number.MAX_SAFE_INTEGER ? `from ${from}` : `from ${from} to ${to}`;
    if (!/^-?\d+$/.test(value) || number < from || number > to)
      throw new InvalidArgumentError(`Give a whole number ${range}.`);
    return number;
  });
}
