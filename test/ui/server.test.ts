import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import t, { type Test } from 'tap';
import { z } from 'zod';
import { loadPipeline } from '../../src/config/load-pipeline.js';
import { EsrganError } from '../../src/errors.js';
import { isLoopback } from '../../src/ui/guard.js';
import {
  EventHub,
  fileInside,
  fileReply,
  openUi,
  pageRoutes,
  type Route,
  type UiOptions,
} from '../../src/ui/index.js';
import { openLive } from '../../src/ui/live/index.js';
import { pageShell } from '../../src/ui/page-files.js';
import { openPlayground } from '../../src/ui/playground/index.js';
import fc from '../properties.js';
import { folder, quickstart } from './short-run.js';

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** A request as it stands, without what `fetch` would mend or refuse to send. */
function ask(
  url: string,
  target: string,
  options: http.RequestOptions & { readonly body?: string | Buffer } = {},
): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const { body, ...rest } = options;
  return new Promise((resolve, reject) => {
    const request = http.request({ hostname, port, path: target, agent: false, ...rest }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(parts).toString(),
        }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

const echo: Route = {
  method: 'POST',
  path: '/api/echo',
  limit: 1000,
  handle: (request) => ({ json: request.json(z.strictObject({ n: z.number() })) }),
};
const own = { 'x-esrgan-page': '1', 'content-type': 'application/json' };

async function opened(t: Test, routes: readonly Route[], options: Partial<UiOptions> = {}) {
  const defects: unknown[] = [];
  const ui = await openUi({ port: 0, routes, onDefect: (error) => defects.push(error), ...options });
  t.teardown(() => ui.close());
  return { ...ui, defects };
}

/** A folder with pictures in it, something beside it, and links that lead out. */
function tree() {
  const top = folder();
  const inside = path.join(top, 'shown');
  mkdirSync(path.join(inside, 'deep'), { recursive: true });
  writeFileSync(path.join(inside, 'a.png'), 'inside');
  writeFileSync(path.join(inside, 'deep', 'b.png'), 'deep');
  writeFileSync(path.join(inside, '.hidden.png'), 'secret');
  writeFileSync(path.join(inside, 'key.pem'), 'secret');
  writeFileSync(path.join(top, 'secret.png'), 'secret');
  symlinkSync(path.join(top, 'secret.png'), path.join(inside, 'link.png'));
  symlinkSync(top, path.join(inside, 'up'));
  symlinkSync(path.join(inside, 'a.png'), path.join(inside, 'same.png'));
  return { top, inside };
}

t.test('files: none outside of the folder, by no way', async (t) => {
  const { inside } = tree();
  t.match(await fileInside(inside, 'a.png'), /a\.png$/);
  t.match(await fileInside(inside, 'deep/b.png'), /b\.png$/);
  t.match(await fileInside(inside, 'same.png'), /a\.png$/, 'a link within the folder is fine');
  for (const bad of [
    ...[
      '',
      '.',
      '..',
      '/',
      'deep',
      'deep/',
      '../secret.png',
      'deep/../../secret.png',
      'link.png',
      'up/secret.png',
    ],
    ...['.hidden.png', 'key.pem', 'a.png/', 'a.png/..', '//a.png', 'missing.png', 'deep\\b.png', 'a.png\0'],
  ])
    t.equal(await fileInside(inside, bad), undefined, JSON.stringify(bad));

  const ui = await opened(t, [
    { method: 'GET', path: '/files/*rest', handle: ({ params }) => fileReply(inside, params.rest ?? '') },
  ]);
  t.equal((await ask(ui.url, '/files/a.png')).body, 'inside');
  t.equal((await ask(ui.url, '/files/')).status, 404, 'no listing');
  const part = fc.oneof(
    fc.constantFrom(
      '..',
      '.',
      '%2e%2e',
      '%2E%2e',
      '..%2f',
      '%2f',
      '%5c',
      '..\\',
      '%00',
      '%',
      '%zz',
      'up',
      'deep',
    ),
    fc.constantFrom(
      'a.png',
      'link.png',
      'secret.png',
      '.hidden.png',
      'files',
      '',
      ';',
      '?',
      '#',
      '%c0%ae%c0%ae',
    ),
    fc.string({ unit: 'grapheme-ascii', maxLength: 6 }).map(encodeURIComponent),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 7 }), async (parts) => {
      const { status, body } = await ask(ui.url, `/files/${parts.join('/')}`);
      if (body.includes('secret')) throw new Error(`reached by ${parts.join('/')}`);
      return [200, 400, 404].includes(status);
    }),
    { numRuns: 250 },
  );
  t.strictSame(ui.defects, []);
});

t.test('whatever is asked is answered, and never by a defect', async (t) => {
  const ui = await opened(t, [
    echo,
    { method: 'GET', path: '/api/:a/:b', handle: ({ params }) => ({ json: params }) },
  ]);
  const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE');
  const target = fc.oneof(fc.webPath(), fc.constantFrom('/api/echo', '/api/x/y', '//', '/%', '/api/echo/'));
  const header = fc.dictionary(
    fc.constantFrom('origin', 'x-esrgan-page', 'content-type', 'sec-fetch-site', 'cookie', 'authorization'),
    fc.oneof(
      fc.constantFrom('1', 'null', 'application/json', 'same-origin'),
      fc.stringMatching(/^[ -~]{0,20}$/),
    ),
  );
  await fc.assert(
    fc.asyncProperty(
      method,
      target,
      header,
      fc.string({ maxLength: 40 }),
      async (method, target, headers, body) => {
        const sends = ['POST', 'PUT', 'PATCH'].includes(method);
        const answer = await ask(ui.url, target, { method, headers, ...(sends && { body }) });
        if (answer.headers['content-security-policy'] === undefined) throw new Error('without its headers');
        return answer.status < 500;
      },
    ),
    { numRuns: 250 },
  );
  t.strictSame(ui.defects, []);
  t.strictSame(JSON.parse((await ask(ui.url, '/api/a%20b/%E5%9C%96')).body), { a: 'a b', b: '圖' });
});

t.test('nothing but an HTTP request', async (t) => {
  const ui = await opened(t, [echo]);
  const { port } = new URL(ui.url);
  const send = (text: string): Promise<string> =>
    new Promise((resolve) => {
      const socket = net.connect(Number(port), '127.0.0.1', () => socket.end(text));
      let got = '';
      socket.on('data', (part) => (got += part));
      socket.on('close', () => resolve(got));
      socket.on('error', () => resolve(got));
    });
  t.match(
    await send('GET http://evil/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n'),
    /^HTTP\/1.1 400/,
  );
  t.match(await send('rubbish\r\n\r\n'), /^HTTP\/1.1 400/);
  t.match(await send('GET * HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n'), /^HTTP\/1.1 400/);
});

t.test('headers: nothing from elsewhere, no frame, no guessing of types', async (t) => {
  const ui = await opened(t, [...pageRoutes('live', 'a <b>"c"'), echo]);
  for (const target of ['/', '/live.js', '/nothing', '/api/echo']) {
    const { headers } = await ask(ui.url, target);
    t.match(headers, {
      'content-security-policy': /default-src 'none'.*script-src 'self';.*frame-ancestors 'none'/,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
    });
    t.notMatch(headers['content-security-policy'], /unsafe/);
    t.equal(headers['access-control-allow-origin'], undefined);
  }
  const page = await ask(ui.url, '/');
  t.match(page.headers['content-type'], /text\/html/);
  t.match(page.body, '<title>a &#60;b&#62;&#34;c&#34;</title>');
  t.notMatch(page.body, /<script>| on\w+=| style=/, 'nothing inline');
  t.match((await ask(ui.url, '/live.js')).headers['content-type'], /javascript/);
  t.match(pageShell('live', 't', { base: '"><script>' }), 'data-base="&#34;&#62;&#60;script&#62;"');
  const head = await ask(ui.url, '/', { method: 'HEAD' });
  t.strictSame([head.status, head.body], [200, '']);
});

t.test('only the page itself may change something', async (t) => {
  const ui = await opened(t, [echo, { method: 'GET', path: '/api/read', handle: () => ({ json: 1 }) }]);
  const { host } = new URL(ui.url);
  const post = (headers: http.OutgoingHttpHeaders, body = '{"n":1}') =>
    ask(ui.url, '/api/echo', { method: 'POST', headers, body });
  t.equal(
    (await post({ ...own, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' })).body,
    '{"n":1}\n',
  );
  t.equal((await post(own)).status, 200, 'a script of the user, which has no origin');
  const { 'x-esrgan-page': _, ...plain } = own;
  t.equal((await post(plain)).status, 403, 'without the header');
  for (const origin of [
    'http://evil.example',
    'null',
    `https://evil.example:${new URL(ui.url).port}`,
    'rubbish',
  ])
    t.equal((await post({ ...own, origin })).status, 403, origin);
  for (const site of ['cross-site', 'same-site']) {
    t.equal((await post({ ...own, 'sec-fetch-site': site })).status, 403, site);
    t.equal(
      (await ask(ui.url, '/api/read', { headers: { 'sec-fetch-site': site } })).status,
      403,
      `GET ${site}`,
    );
  }
  const visit = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
  t.equal((await ask(ui.url, '/api/read', { headers: visit })).status, 200, 'a link on another page');
  t.equal((await post({ ...own, ...visit })).status, 403, 'a form on another page');
  t.equal((await post({ ...own, 'content-type': 'text/plain' })).status, 415);
  t.equal((await post(own, 'no json')).status, 400);
  const wrong = await post(own, '{"n":"1","m":2}');
  t.equal(wrong.status, 400);
  t.match(JSON.parse(wrong.body).error.message, /n/);
  t.equal((await post(own, `{"n":${'1'.repeat(1000)}}`)).status, 413);
  const chunked = { ...own, 'transfer-encoding': 'chunked' };
  t.equal((await post(chunked, `{"n":${'1'.repeat(1000)}}`)).status, 413, 'also when the length is not said');
  t.match(await ask(ui.url, '/api/echo'), { status: 405, headers: { allow: 'POST' } });
});

t.test('names of this machine, so that no foreign name can be bent to it', async (t) => {
  const ui = await opened(t, [{ method: 'GET', path: '/', handle: () => ({ json: 1 }) }]);
  for (const host of ['127.0.0.1', 'localhost:1234', '[::1]:80', 'LOCALHOST'])
    t.equal((await ask(ui.url, '/', { headers: { host } })).status, 200, host);
  for (const host of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:80', '10.0.0.1'])
    t.equal((await ask(ui.url, '/', { headers: { host } })).status, 421, host);
  t.ok(['127.0.0.1', '127.9.9.9', '::1', 'localhost'].every(isLoopback));
  t.notOk(['0.0.0.0', '::', '128.0.0.1', '127.0.0.1.x', 'localhost.x'].some(isLoopback));
});

t.test('elsewhere a token is needed, and is not left in the address', async (t) => {
  const routes: Route[] = [
    { method: 'GET', path: '/', handle: () => ({ bytes: 'page', type: 'text/plain' }) },
    { method: 'GET', path: '/api/x', handle: () => ({ json: 1 }) },
    echo,
  ];
  const ui = await opened(t, routes, { host: '0.0.0.0' });
  t.equal(ui.open, true);
  const printed = new URL(ui.url);
  const token = printed.searchParams.get('token') ?? '';
  t.ok(token.length >= 22, 'as many bits as a key');
  const local = `http://127.0.0.1:${printed.port}`;
  const status = async (target: string, headers = {}) => (await ask(local, target, { headers })).status;
  t.equal(await status('/'), 401);
  t.equal(await status('/api/x'), 401);
  t.equal(await status('/nothing'), 401, 'nor does it say what there is');
  t.equal(await status('/api/x?token=wrong'), 401);
  t.equal(await status(`/api/x?token=${token.slice(0, -1)}`), 401);
  t.equal(await status(`/api/x?token=${token}`), 200);
  t.equal(await status('/api/x', { authorization: `Bearer ${token}` }), 200);
  t.equal(await status('/api/x', { authorization: `Bearer ${token}x` }), 401);
  const first = await ask(local, `/?token=${token}`);
  t.match(first, { status: 303, headers: { location: '/' } });
  const cookie = first.headers['set-cookie']?.[0] ?? '';
  t.match(cookie, /HttpOnly/);
  t.match(cookie, /SameSite=Strict/);
  const mine = { cookie: `other=1; ${cookie.split(';')[0]}` };
  t.equal(await status('/', mine), 200);
  t.equal(await status('/', { cookie: `esrgan_1=${token}` }), 401, 'the cookie of another port');
  const foreign = await ask(local, '/api/echo', {
    method: 'POST',
    headers: { ...own, ...mine, origin: 'http://evil.example' },
    body: '{"n":1}',
  });
  t.equal(foreign.status, 403);
  const again = await opened(t, routes, { host: '0.0.0.0' });
  t.not(new URL(again.url).searchParams.get('token'), token, 'another one each time');
  t.equal(new URL((await opened(t, routes)).url).search, '', 'none on loopback');
});

t.test('defects are told to the owner, and to the client only that it was one', async (t) => {
  const ui = await opened(t, [
    {
      method: 'GET',
      path: '/defect',
      handle: () => {
        throw new Error('/home/me/secret');
      },
    },
    {
      method: 'GET',
      path: '/known',
      handle: () => {
        throw new EsrganError('WHAT', 'what is wrong', { remedy: 'Mend it.' });
      },
    },
  ]);
  const defect = await ask(ui.url, '/defect');
  t.equal(defect.status, 500);
  t.notMatch(defect.body, /secret/);
  t.match(ui.defects, [{ message: '/home/me/secret' }]);
  t.match(JSON.parse((await ask(ui.url, '/known')).body), {
    error: { code: 'WHAT', message: 'what is wrong', remedy: 'Mend it.' },
  });
  const { port } = new URL(ui.url);
  await t.rejects(openUi({ port: Number(port), routes: [] }), { code: 'PORT', remedy: /--port 0/ });
});

t.test('where the usual port is taken, any that is free is found, unless it was asked for', async (t) => {
  const first = net.createServer();
  const taken = await new Promise<boolean>((resolve) => {
    // Somebody else may have it already: that is taken as well.
    first.once('error', () => resolve(false));
    first.listen(7860, '127.0.0.1', () => resolve(true));
  });
  t.teardown(() => taken && first.close());
  const pipeline = await loadPipeline(quickstart);
  const [bare, live, bench, second] = await Promise.all([
    openUi({ routes: [echo] }),
    openLive(pipeline),
    openPlayground(pipeline),
    openUi({ routes: [echo] }),
  ]);
  t.teardown(() =>
    Promise.all([bare.close(), live.close({ error: undefined }), bench.close(), second.close()]),
  );
  const ports = [bare, live, bench, second].map(({ url }) => Number(new URL(url).port));
  t.notOk(ports.includes(7860), `${ports}`);
  t.equal(new Set(ports).size, 4);
  const answered = await ask(bare.url, '/api/echo', { method: 'POST', body: '{"n":3}', headers: own });
  t.strictSame(JSON.parse(answered.body), { n: 3 });
  await t.rejects(openUi({ port: 7860, routes: [] }), { code: 'PORT', message: /127\.0\.0\.1:7860/ });
  await t.rejects(openUi({ host: '192.0.2.1', routes: [] }), {
    code: 'PORT',
    message: /:7860 \(EADDRNOTAVAIL\)/,
  });
});

/** Reads a stream of events until something has come. */
async function reading(url: string, target: string, headers: Record<string, string> = {}) {
  const cut = new AbortController();
  const response = await fetch(new URL(target, url), { headers, signal: cut.signal });
  const reader = response.body!.getReader();
  let text = '';
  return {
    response,
    cut: () => cut.abort(),
    async until(pattern: RegExp): Promise<string> {
      while (!pattern.test(text)) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`ended after: ${text}`);
        text += Buffer.from(value).toString();
      }
      return text;
    },
  };
}

t.test('events: a snapshot, then what happens; after a break what was missed', async (t) => {
  let state = 0;
  const hub = new EventHub({ snapshot: () => [{ event: 'state', data: state }], keep: 3, most: 2 });
  const tell = (): void => hub.send('more', ++state);
  const ui = await opened(t, [{ method: 'GET', path: '/api/events', handle: () => ({ events: hub }) }]);
  tell();
  const first = await reading(ui.url, '/api/events');
  t.equal(first.response.headers.get('content-type'), 'text/event-stream; charset=utf-8');
  const begun = await first.until(/event: state/);
  t.match(begun, /id: (\w+)\.1\nevent: state\ndata: 1\n\n/);
  tell();
  const id = /id: (\w+\.2)\nevent: more\ndata: 2/.exec(await first.until(/data: 2/))![1]!;
  t.equal(hub.pages, 1);
  first.cut();
  tell();
  tell();
  const back = await reading(ui.url, '/api/events', { 'last-event-id': id });
  t.notMatch(await back.until(/data: 4/), /event: state|data: 2/, 'only what was missed');
  back.cut();
  const byQuery = await reading(ui.url, `/api/events?last=${id}`);
  t.match(await byQuery.until(/data: 4/), /data: 3/);
  byQuery.cut();
  tell();
  tell();
  const late = await reading(ui.url, '/api/events', { 'last-event-id': id });
  t.match(await late.until(/event: state/), /data: 6/, 'too much was missed: a snapshot');
  late.cut();
  for (const strange of ['other.2', `${id.split('.')[0]}.99`, 'x', '', '.'.repeat(999)]) {
    const stranger = await reading(ui.url, '/api/events', { 'last-event-id': strange });
    t.match(await stranger.until(/event: state/), /data: 6/, 'a number of another time');
    stranger.cut();
  }
  while (hub.pages > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const [a, b] = [await reading(ui.url, '/api/events'), await reading(ui.url, '/api/events')];
  await Promise.all([a.until(/state/), b.until(/state/)]);
  t.match(await ask(ui.url, '/api/events'), { status: 503, headers: { 'retry-after': '5' } });
  hub.close();
  t.match(await a.until(/closed/), /event: closed\ndata: null\n\n$/, 'not to come back');
});

t.test('a page that does not read keeps nothing back, and gets a snapshot when it reads again', async (t) => {
  let state = 0;
  const hub = new EventHub({ snapshot: () => [{ event: 'state', data: state }], keep: 4 });
  const ui = await opened(t, [{ method: 'GET', path: '/api/events', handle: () => ({ events: hub }) }]);
  const { port } = new URL(ui.url);
  const socket = net.connect(Number(port), '127.0.0.1');
  socket.write('GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await new Promise((resolve) => socket.once('data', resolve));
  socket.pause();
  const large = 'x'.repeat(100_000);
  for (let i = 0; i < 200; i++) {
    state++;
    hub.send('more', large);
    await new Promise((resolve) => setImmediate(resolve));
  }
  let text = '';
  socket.on('data', (part) => (text += part));
  socket.resume();
  while (!/event: state\ndata: 200\n\n/.test(text)) await new Promise((resolve) => setTimeout(resolve, 10));
  t.ok(text.split('event: more').length < 150, 'most of it was never written');
  socket.destroy();
  hub.close();
});
