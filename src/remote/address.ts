import { EsrganError } from '../errors.js';

/** Whether a name in a pipeline file is an address (http, https, s3) and not a path. */
export const isRemote = (name: string): boolean => /^(https?|s3):\/\//i.test(name);

const isS3 = (uri: string): boolean => /^s3:/i.test(uri);

/**
 * The address as it is used from here on.
 *
 * @throws EsrganError `ADDRESS` when it is none, or holds a password.
 */
export function checkAddress(written: string): string {
  const uri = written.replace(/^\w+/, (scheme) => scheme.toLowerCase());
  const refuse = (why: string, remedy: string): EsrganError =>
    new EsrganError('ADDRESS', `${shownAddress(uri)} ${why}`, { place: { file: shownAddress(uri) }, remedy });
  if (isS3(uri)) {
    if (bucketAndKey(uri).bucket === '') throw refuse('names no bucket', 'Write s3://bucket/prefix.');
    return uri;
  }
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  // "https://" alone is the base of a list whose lines begin with a host.
  if (!url && !/^https?:\/\/$/i.test(uri)) throw refuse('is no address', 'Write https://host/path.');
  if (url && (url.username !== '' || url.password !== ''))
    throw refuse(
      'holds a user name or password',
      'It would be written into provenance and reports: use addresses that need none, or signed ones.',
    );
  return uri;
}

/** `s3://bucket/key`, taken apart. */
export function bucketAndKey(uri: string): { readonly bucket: string; readonly key: string } {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]*)\/?(.*)$/is.exec(uri) ?? [];
  return { bucket, key };
}

/** The address of a name below a base; of http each step of the name is escaped, so that it may hold anything. */
export function joinAddress(base: string, name: string): string {
  const folder = base.endsWith('/') ? base : `${base}/`;
  return folder + (isS3(base) ? name : name.split('/').map(encodeURIComponent).join('/'));
}

/** The name that an address has below a base, without its query; undefined when it lies elsewhere. */
export function nameBelow(base: string, uri: string): string | undefined {
  const folder = base.endsWith('/') ? base : `${base}/`;
  if (!uri.startsWith(folder)) return undefined;
  const rest = uri.slice(folder.length);
  return isS3(uri) ? rest : unescaped(rest.replace(/[?#].*$/s, ''));
}

/** The last step of an address: its file name. */
export const nameOf = (uri: string): string => {
  const steps = (isS3(uri) ? uri : uri.replace(/[?#].*$/s, '')).split('/');
  const last = steps[steps.length - 1];
  return isS3(uri) ? last : unescaped(last);
};

function unescaped(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Keys of a query whose values let others in. */
const secret =
  /([?&](?:sig|[^=&#]*(?:signature|credential|token|secret|password|api_?key|access_?key)[^=&#]*)=)[^&#]*/gi;

/** The address for people: without passwords, and without what signs it. */
export const shownAddress = (uri: string): string =>
  isS3(uri) ? uri : uri.replace(/^(https?:\/\/)[^/?#]*@/i, '$1').replace(secret, '$1...');

/** What failures of one server are counted by. */
export const hostOf = (uri: string): string => /^[a-z0-9]+:\/\/[^/?#]*/i.exec(uri)?.[0] ?? uri;
