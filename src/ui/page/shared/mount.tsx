import type { ComponentChild } from 'preact';
import { render } from 'preact';
import { language, speak } from './i18n.js';
import './theme.css';

/** Puts a page into the document. */
export function mount(page: ComponentChild): void {
  speak(language.value);
  render(page, document.getElementById('app')!);
}
