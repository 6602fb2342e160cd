import { Store, useStore } from './store.js';

export const languages = ['en', 'zh-TW'] as const;
export type Language = (typeof languages)[number];

const KEY = 'esrgan-language';

/** The language of a reader: as chosen before, else the first of the browser's that we have. */
export function preferred(chosen: string | null, browser: readonly string[]): Language {
  const known = languages.find((language) => language === chosen);
  if (known) return known;
  const first = browser.find((one) => /^(en|zh)\b/i.test(one));
  return first !== undefined && /^zh/i.test(first) ? 'zh-TW' : 'en';
}

function remembered(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    // A browser may forbid it.
    return null;
  }
}

export const language = new Store<Language>(
  typeof navigator === 'undefined' ? 'en' : preferred(remembered(), navigator.languages),
);

export function speak(next: Language): void {
  language.set(next);
  document.documentElement.lang = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {}
}

/** Every text of a page as a pair: English, then Taiwanese Mandarin. Texts with values in them are functions. */
export type Dictionary = Readonly<Record<string, readonly [unknown, unknown]>>;
export type Words<D extends Dictionary> = { readonly [K in keyof D]: D[K][0] };

export function wordsIn<D extends Dictionary>(dictionary: D, tongue: Language): Words<D> {
  const at = languages.indexOf(tongue);
  return Object.fromEntries(Object.entries(dictionary).map(([key, pair]) => [key, pair[at]])) as Words<D>;
}

const spoken = new Map<Dictionary, Map<Language, unknown>>();

/** The texts of a dictionary in the language that is chosen now. */
export function useWords<D extends Dictionary>(dictionary: D): Words<D> {
  const tongue = useStore(language);
  const known = spoken.get(dictionary) ?? new Map<Language, unknown>();
  spoken.set(dictionary, known);
  const words = known.get(tongue) ?? wordsIn(dictionary, tongue);
  known.set(tongue, words);
  return words as Words<D>;
}
