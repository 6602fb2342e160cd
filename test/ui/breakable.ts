import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Test } from 'tap';

export interface Breakable {
  readonly url: string;
  /** Drops every connection, and refuses new ones until it is mended. */
  cut(): void;
  /** Lets connections through again, to another server where one is given. */
  mend(url?: string): void;
  /** Connections stay, and nothing passes: as after a machine has slept, or behind a tunnel that is gone. */
  stall(): void;
}

/** A way to a server that can be broken, as networks are. */
export async function breakable(t: Test, server: string): Promise<Breakable> {
  const sockets = new Set<Socket>();
  let target = new URL(server);
  let broken = false;
  const proxy = createServer((near) => {
    if (broken) {
      near.resetAndDestroy();
      return;
    }
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far);
    far.pipe(near);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const drop = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  t.teardown(() => {
    drop();
    proxy.close();
  });
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/`,
    cut() {
      broken = true;
      drop();
    },
    mend(to = target.href) {
      target = new URL(to);
      broken = false;
    },
    stall() {
      for (const socket of sockets) socket.unpipe().resume();
    },
  };
}
