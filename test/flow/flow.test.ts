import { setTimeout as sleep } from 'node:timers/promises';
import { from, lastValueFrom, of, range, Subject, take, toArray } from 'rxjs';
import t from 'tap';
import { Arena, Budget, Gate, Meter, orderedMap, pull, Queue } from '../../src/flow/index.js';

const settled = async (promise: Promise<unknown>): Promise<boolean> => {
  const pending = Symbol('pending');
  return (await Promise.race([promise, sleep(5, pending)])) !== pending;
};

t.test('Budget', async (t) => {
  t.test('admits by size, first come first served, and counts its peak', async (t) => {
    const budget = new Budget(100);
    const first = await budget.acquire(60);
    const large = budget.acquire(50);
    const small = budget.acquire(10);
    t.notOk(await settled(large), 'too large to enter now');
    t.notOk(await settled(small), 'does not overtake the large one');
    t.equal(budget.waiting, 2);
    first.release();
    first.release();
    await Promise.all([large, small]);
    t.equal(budget.held, 60, 'a second release gives nothing back');
    t.equal(budget.peak, 60);
  });

  t.test('lets an item that is larger than the budget in alone', async (t) => {
    const budget = new Budget(10);
    const one = await budget.acquire(1);
    const huge = budget.acquire(50);
    t.notOk(await settled(huge));
    one.release();
    const lease = await huge;
    t.equal(budget.held, 50);
    lease.release();
    t.equal(budget.held, 0);
  });

  t.test('forgets those that gave up, and serves those behind them', async (t) => {
    const budget = new Budget(10);
    await budget.acquire(5);
    const control = new AbortController();
    const gone = budget.acquire(10, control.signal);
    const next = budget.acquire(5);
    control.abort(new Error('stopped'));
    await t.rejects(gone, { message: 'stopped' });
    await next;
    t.equal(budget.held, 10);
    await t.rejects(
      budget.acquire(1, control.signal),
      { message: 'stopped' },
      'an aborted signal is no way in',
    );
  });
});

t.test('Arena', async (t) => {
  t.test('gives blocks that do not overlap and takes them back', async (t) => {
    const arena = new Arena(1024);
    const blocks = await Promise.all([arena.take(256), arena.take(256), arena.take(512)]);
    t.same(
      blocks.map((block) => block.offset),
      [0, 256, 512],
    );
    const waiting = arena.take(200);
    t.notOk(await settled(waiting));
    blocks[1].release();
    blocks[1].release();
    t.equal((await waiting).offset, 256, 'the freed place is used again');
    t.equal(arena.held, 1024, '200 bytes are rounded up to a multiple of 64');
  });

  t.test('slides blocks together when the free memory lies in pieces, but never under a pin', async (t) => {
    const arena = new Arena(1024);
    const [a, b, c] = [await arena.take(256), await arena.take(256), await arena.take(256)];
    const bytes = new Uint8Array(arena.memory.buffer);
    bytes.fill(7, b.offset, b.offset + b.bytes);
    a.release();
    c.release();
    b.pin();
    const large = arena.take(768);
    t.notOk(await settled(large), 'waits for the pin');
    b.unpin();
    const block = await large;
    t.equal(b.offset, 0, 'moved down');
    t.equal(block.offset, 256);
    t.ok(
      bytes.subarray(0, 256).every((byte) => byte === 7),
      'its bytes moved with it',
    );
    t.equal(arena.held, 1024);
  });

  t.test('a block larger than the arena has a buffer of its own, once everything else is gone', async (t) => {
    const arena = new Arena(128);
    const small = await arena.take(64);
    const huge = arena.take(4096);
    const after = arena.take(64);
    t.notOk(await settled(huge));
    small.release();
    const block = await huge;
    t.not(block.memory, arena.memory);
    t.equal(block.memory.buffer.byteLength, 65536);
    t.notOk(await settled(after), 'nothing enters beside it');
    block.release();
    t.equal((await after).memory, arena.memory);
  });
});

t.test('orderedMap', async (t) => {
  t.test('keeps the order and the concurrency', async (t) => {
    let running = 0;
    let most = 0;
    const meter = new Meter('test');
    const work = async (ms: number): Promise<number> => {
      most = Math.max(most, ++running);
      await sleep(ms);
      running--;
      return ms;
    };
    const result = await lastValueFrom(of(12, 1, 6, 1, 3).pipe(orderedMap(work, 2, meter), toArray()));
    t.same(result, [12, 1, 6, 1, 3]);
    t.equal(most, 2);
    t.match(meter.snapshot(), { in: 5, out: 5, waiting: 0, concurrency: 2 });
    t.ok(meter.busyMs >= 20);
  });

  t.test('does not recurse over many items that settle at once', async (t) => {
    const count = await lastValueFrom(range(0, 20_000).pipe(orderedMap(async (i) => i, 4)));
    t.equal(count, 19_999);
  });

  t.test('passes errors on and completes on an empty source', async (t) => {
    await t.rejects(lastValueFrom(of(1).pipe(orderedMap(() => Promise.reject(new Error('no')), 1))), {
      message: 'no',
    });
    t.same(
      await lastValueFrom(
        from([]).pipe(
          orderedMap(async (x) => x, 1),
          toArray(),
        ),
      ),
      [],
    );
  });
});

t.test('Queue and Gate hold a fast producer back', async (t) => {
  const queue = new Queue<number>();
  queue.push(1);
  queue.push(2);
  const room = queue.room(2);
  t.notOk(await settled(room));
  const reading = queue[Symbol.asyncIterator]();
  t.same(await reading.next(), { done: false, value: 1 });
  await room;
  queue.end();
  t.same(await reading.next(), { done: false, value: 2 });
  t.equal((await reading.next()).done, true);

  const gate = new Gate(1);
  await gate.open();
  gate.enter();
  const open = gate.open();
  t.notOk(await settled(open));
  gate.leave();
  await open;
  t.equal(gate.level, 0);
});

t.test('pull turns an observable into something to iterate over', async (t) => {
  const subject = new Subject<number>();
  const { queue, unsubscribe } = pull(subject.pipe(take(2)));
  subject.next(5);
  subject.next(6);
  const seen: number[] = [];
  for await (const item of queue) seen.push(item);
  t.same(seen, [5, 6]);
  unsubscribe();
  const failing = pull(new Subject<number>());
  failing.queue.end(new Error('broken'));
  await t.rejects(failing.queue[Symbol.asyncIterator]().next(), { message: 'broken' });
});
