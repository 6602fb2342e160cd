import { createHash } from 'node:crypto';

/**
 * What the page does by itself: exchange its language, move the border between two pictures, read values off the curves,
 * copy the command. Without it everything can still be read. It takes all texts and figures from attributes.
 */
const parts = {
  begin: `'use strict';
const root = document.documentElement;
const each = (selector, visit, under = document) => under.querySelectorAll(selector).forEach(visit);
const make = (name, properties) => Object.assign(document.createElement(name), properties);
const isMandarin = () => root.lang === 'zh-TW';
const refreshers = [];`,

  language: `
const store = (...value) => {
  try {
    return value.length ? localStorage.setItem('esrgan-language', value[0]) : localStorage.getItem('esrgan-language');
  } catch {
    return null;
  }
};
const exchange = (element, key, get, set) => {
  const english = 'en' + key;
  if (element.dataset[english] === undefined) element.dataset[english] = get(element);
  set(element, element.dataset[(isMandarin() ? 'zh' : 'en') + key]);
};
const speak = (tongue) => {
  root.lang = tongue;
  each('[data-zh]', (e) => exchange(e, '', () => e.textContent, (_, text) => (e.textContent = text)));
  for (const name of ['aria-label', 'alt']) {
    const key = name === 'alt' ? 'Alt' : 'AriaLabel';
    each('[data-zh-' + name + ']', (e) => exchange(e, key, () => e.getAttribute(name), (_, text) => e.setAttribute(name, text)));
  }
  each('.tongues button', (b) => b.setAttribute('aria-pressed', String(b.lang === tongue)));
  refreshers.forEach((refresh) => refresh());
};
each('.tongues', (group) => {
  group.hidden = false;
  each('button', (b) => b.addEventListener('click', () => { store(b.lang); speak(b.lang); }), group);
});`,

  compare: `
each('.comparison', (box) => {
  const scene = box.closest('.scene');
  const find = (selector) => box.querySelector(selector);
  const [frame, slider, iteration] = ['.compare', '.compare-slider', '.iteration'].map(find);
  const [left, right] = ['.left-choice', '.right-choice'].map(find);
  const steps = iteration ? JSON.parse(iteration.dataset.steps) : [];
  const put = (choice, image, label) => {
    const kind = choice.value !== 'network' ? choice.value : 'network-' + (iteration ? iteration.value : 0);
    const source = scene.querySelector('img[data-kind="' + kind + '"]');
    const detail = source.parentNode.querySelector('small');
    image.src = source.src;
    frame.style.aspectRatio = source.width + ' / ' + source.height;
    label.textContent = choice.selectedOptions[0].textContent + (detail ? ' ' + detail.textContent : '');
    return label.textContent;
  };
  const show = () => {
    const at = Number(slider.value);
    const names = [put(left, find('.over'), find('.left')), put(right, find('.under'), find('.right'))];
    frame.style.setProperty('--at', at + '%');
    find('.left').hidden = at < 12;
    find('.right').hidden = at > 88;
    if (iteration) {
      find('output').textContent = steps[iteration.value];
      iteration.setAttribute('aria-valuetext', steps[iteration.value]);
    }
    slider.setAttribute('aria-valuetext', names[0] + ' ' + Math.round(at) + ' %, ' + names[1] + ' ' + Math.round(100 - at) + ' %');
  };
  each('input, select', (control) => control.addEventListener('input', show), box);
  if (iteration) iteration.addEventListener('input', () => {
    if (left.value !== 'network' && right.value !== 'network') { right.value = 'network'; show(); }
  });
  box.hidden = false;
  refreshers.push(show);
});`,

  curves: `
each('.chart', (chart) => {
  const data = (name) => JSON.parse(chart.dataset[name]);
  const [xs, ys, values] = ['x', 'y', 'values'].map(data);
  const share = Number(chart.dataset.width) / 100;
  const cursor = chart.querySelector('.cursor');
  const slider = make('input', { type: 'range', className: 'scrub', min: 0, max: xs.length - 1, value: xs.length - 1 });
  const readout = make('p', { className: 'readout' });
  readout.setAttribute('aria-hidden', 'true');
  const show = () => {
    const i = Number(slider.value);
    const labels = data(isMandarin() ? 'zhLabels' : 'labels');
    const text = labels.map((label, k) => label + ' ' + values[i][k]).join(' \\u00b7 ');
    cursor.setAttribute('transform', 'translate(' + xs[i] + ' 0)');
    cursor.lastElementChild.setAttribute('cy', ys[i]);
    readout.textContent = text;
    slider.setAttribute('aria-label', chart.dataset[isMandarin() ? 'zhName' : 'name']);
    slider.setAttribute('aria-valuetext', text);
  };
  const point = (event) => {
    const box = chart.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * share * 100;
    let best = 0;
    xs.forEach((value, i) => { if (Math.abs(value - x) < Math.abs(xs[best] - x)) best = i; });
    slider.value = best;
    chart.classList.add('read');
    show();
  };
  chart.addEventListener('pointermove', point);
  chart.addEventListener('pointerdown', (event) => { event.preventDefault(); slider.focus(); point(event); });
  chart.addEventListener('pointerleave', () => chart.classList.remove('read'));
  slider.addEventListener('input', show);
  chart.append(slider);
  chart.previousElementSibling.append(readout);
  refreshers.push(show);
});`,

  copy: `
each('.copyable', (box) => {
  const button = make('button', { type: 'button' });
  let done = false;
  const label = () => (button.textContent = box.dataset[(isMandarin() ? 'zh' : 'en') + (done ? 'Copied' : 'Copy')]);
  button.addEventListener('click', () => {
    const range = document.createRange();
    range.selectNodeContents(box.querySelector('code'));
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    done = document.execCommand('copy');
    label();
  });
  box.append(button);
  refreshers.push(label);
});`,

  end: `
const first = navigator.languages.find((one) => /^(en|zh)\\b/i.test(one)) || 'en';
const chosen = store();
speak(chosen === 'en' || chosen === 'zh-TW' ? chosen : /^zh/i.test(first) ? 'zh-TW' : 'en');
`,
};

export const script = Object.values(parts).join('\n');

/** As a content security policy names it: no other script may run. */
export const scriptHash = `sha256-${createHash('sha256').update(script).digest('base64')}`;
