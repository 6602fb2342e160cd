/** What the server says when it refuses. */
export class ServerError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly code?: string,
    readonly remedy?: string,
  ) {
    super(message);
  }
}

/** The server takes what changes something only with this header, which another site's page cannot send. */
const own = { 'x-esrgan-page': '1' };

async function checked(response: Response): Promise<Response> {
  if (response.ok) return response;
  const said: unknown = await response.json().catch(() => undefined);
  const { message, code, remedy } =
    (said as { error?: { message?: string; code?: string; remedy?: string } } | undefined)?.error ?? {};
  throw new ServerError(message ?? response.statusText, response.status, code, remedy);
}

/** @throws ServerError */
export async function getJson<T>(url: string, signal?: AbortSignal): Promise<T> {
  return (await checked(await fetch(url, { signal }))).json() as Promise<T>;
}

/** Sends JSON. @throws ServerError */
export async function post(url: string, data: unknown = {}, signal?: AbortSignal): Promise<Response> {
  const headers = { ...own, 'content-type': 'application/json' };
  return checked(await fetch(url, { method: 'POST', headers, body: JSON.stringify(data), signal }));
}

/** Sends a file as it is. @throws ServerError */
export async function postBytes(url: string, data: Blob, signal?: AbortSignal): Promise<Response> {
  const headers = { ...own, 'content-type': 'application/octet-stream' };
  return checked(await fetch(url, { method: 'POST', headers, body: data, signal }));
}
