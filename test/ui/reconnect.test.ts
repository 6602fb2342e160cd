import type { Page } from 'playwright-core';
import { Subject } from 'rxjs';
import t, { type Test } from 'tap';
import type { RunEvent } from '../../src/events.js';
import { openLive } from '../../src/ui/live/index.js';
import { still } from '../cli/still.js';
import { breakable } from './breakable.js';
import { closeBrowser, visit, withoutChromium } from './chromium.js';
import { folder, shortPipeline } from './short-run.js';

/** A run that makes a step when it is told to. */
async function stepping(t: Test) {
  const live = await openLive(await shortPipeline(folder(), 100_000), { port: 0 });
  const events = new Subject<RunEvent>();
  live.follow({ ...still, events });
  t.teardown(() => live.close({ error: new Error('over') }));
  return {
    url: live.url,
    steps(from: number, to: number): void {
      for (let iter = from; iter <= to; iter++)
        events.next({
          ...{ type: 'iter', epoch: 0, iter, totalIter: 100_000, lr: 2e-4, time: 0.5, timeData: 0.1, eta: 9 },
          losses: { l_pix: 1 + Math.sin(iter) / 2 },
        });
    },
    say: (event: RunEvent) => events.next(event),
  };
}

const losses = (page: Page) => page.locator('.cell-losses .chart');
const shownIter = (page: Page, iter: string) =>
  page.locator('.bar-iter strong', { hasText: new RegExp(`^${iter}$`) }).waitFor();
const lost = (page: Page) => page.locator('.line-lost');
const curves = (page: Page): Promise<string> =>
  page.evaluate<string>("document.querySelector('.cell-losses canvas').toDataURL()");

/** The page shows what one that is opened now shows, point by point. */
async function sameAsFresh(t: Test, page: Page, points: number): Promise<void> {
  const fresh = await visit(t, page.url());
  await losses(fresh.page).waitFor();
  t.equal(await losses(page).getAttribute('data-points'), String(points));
  t.equal(await losses(fresh.page).getAttribute('data-points'), String(points));
  // Curves are drawn in the frame after the one that tells of them.
  for (let waited = 0; waited < 5_000 && (await curves(page)) !== (await curves(fresh.page)); waited += 100)
    await page.waitForTimeout(100);
  t.equal(await curves(page), await curves(fresh.page), 'the same curves');
  await fresh.page.close();
}

t.test('a page comes back after its connection broke', { skip: withoutChromium }, async (t) => {
  const first = await stepping(t);
  const way = await breakable(t, first.url);
  first.steps(1, 20);
  const { page, complaints } = await visit(t, way.url);
  await page.evaluate('window.opened = true');
  await shownIter(page, '20');
  first.steps(21, 30);
  await shownIter(page, '30');
  t.equal(await lost(page).count(), 0);

  await t.test('sent what it has missed, no point twice', async (t) => {
    way.cut();
    await lost(page).waitFor();
    t.equal(await lost(page).textContent(), 'connection lost, trying again');
    t.equal(await page.locator('.unseen[role=status]').textContent(), 'connection lost, trying again');
    await page.setViewportSize({ width: 360, height: 740 });
    t.ok(await lost(page).isVisible(), 'on a phone, too');
    await page.setViewportSize({ width: 1280, height: 720 });
    first.steps(31, 50);
    first.say({ type: 'state', state: 'paused' });
    t.equal(await page.locator('.bar-iter strong').textContent(), '30', 'the page is away');
    way.mend();
    await shownIter(page, '50');
    await lost(page).waitFor({ state: 'detached' });
    t.equal(await page.locator('.phase').textContent(), 'paused');
    await sameAsFresh(t, page, 50);
    first.say({ type: 'state', state: 'running' });
    first.steps(51, 52);
    await shownIter(page, '52');
  });

  await t.test('away for longer than events are kept', async (t) => {
    way.cut();
    await lost(page).waitFor();
    first.steps(53, 700);
    way.mend();
    await shownIter(page, '700');
    await sameAsFresh(t, page, 700);
  });

  await t.test('the run was started again meanwhile, from an earlier state', async (t) => {
    way.cut();
    await lost(page).waitFor();
    const second = await stepping(t);
    second.steps(600, 640);
    way.mend(second.url);
    await shownIter(page, '640');
    await sameAsFresh(t, page, 41);
    second.steps(641, 650);
    await shownIter(page, '650');
    await sameAsFresh(t, page, 51);
  });

  await t.test('a connection that is dead without a word', async (t) => {
    const third = await stepping(t);
    third.steps(1, 5);
    const tunnel = await breakable(t, third.url);
    const { page, complaints } = await visit(t, tunnel.url);
    await page.clock.install();
    await page.reload();
    await shownIter(page, '5');
    tunnel.stall();
    third.steps(6, 9);
    await page.clock.runFor(30_000);
    t.equal(await lost(page).count(), 0, 'silence is borne for a while');
    t.equal(await page.locator('.bar-iter strong').textContent(), '5');
    await page.clock.runFor(20_000);
    await shownIter(page, '9');
    await sameAsFresh(t, page, 9);
    t.strictSame(complaints, []);
  });

  t.equal(await page.evaluate('window.opened'), true, 'it was never loaded anew');
  t.strictSame(complaints, []);
});

t.teardown(closeBrowser);
