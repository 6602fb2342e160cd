import { languages, speak, language as spoken } from './i18n.js';
import { useStore } from './store.js';

const names = { en: 'EN', 'zh-TW': '中文' } as const;
const whole = { en: 'English', 'zh-TW': '繁體中文（台灣）' } as const;

export function LanguageSwitch() {
  const now = useStore(spoken);
  return (
    <fieldset class="segments" aria-label="Language / 語言">
      {languages.map((one) => (
        <button
          key={one}
          type="button"
          lang={one}
          title={whole[one]}
          aria-label={whole[one]}
          aria-pressed={one === now}
          onClick={() => speak(one)}
        >
          {names[one]}
        </button>
      ))}
    </fieldset>
  );
}
