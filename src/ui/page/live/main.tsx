import { mount } from '../shared/mount.js';
import { ComparePage } from './compare-page.js';
import './live.css';
import { RunPage } from './run-page.js';

const { view, base } = document.getElementById('app')?.dataset ?? {};

mount(view === 'compare' ? <ComparePage /> : <RunPage home={base !== undefined} />);
