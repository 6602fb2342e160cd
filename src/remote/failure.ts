/** Why bytes could not be had, in the words of the account; it concerns one object. */
export class Failure extends Error {
  override readonly name = 'Failure';

  constructor(
    message: string,
    /** Whether trying again may help. */
    readonly again = false,
    /** Milliseconds after which the server asks to be tried again. */
    readonly after?: number,
  ) {
    super(message);
  }
}

const certificates: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet',
  CERT_REVOKED: 'has been revoked',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is signed by nobody else',
  SELF_SIGNED_CERT_IN_CHAIN: 'is signed by somebody unknown here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'is signed by somebody unknown here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'is signed by somebody unknown here',
  ERR_TLS_CERT_ALTNAME_INVALID: 'belongs to another host',
};

const passing: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the server refuses connections',
  ECONNRESET: 'the server closed the connection',
  EPIPE: 'the server closed the connection',
  ETIMEDOUT: 'the server does not answer',
  EHOSTUNREACH: 'the server cannot be reached',
  ENETUNREACH: 'the server cannot be reached',
  EAI_AGAIN: 'the name of the server could not be looked up',
};

/** What an error of the network means. */
export function networkFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  if (code in certificates)
    return new Failure(`the certificate of the server ${certificates[code]} (${code})`);
  if (code in passing) return new Failure(`${passing[code]} (${code})`, true);
  if (code === 'ENOTFOUND') return new Failure(`there is no such server (${code})`);
  if (code.startsWith('HPE_')) return new Failure(`the server does not speak HTTP (${code})`);
  if (/^(aborted|terminated|socket hang up|premature close)$/i.test(message))
    return new Failure('the server closed the connection', true);
  return new Failure(code === '' ? message : `${message} (${code})`);
}

/** Several addresses of one host fail together: the first one speaks for all. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error && error.code !== undefined) return String(error.code);
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return error.cause === undefined ? '' : codeOf(error.cause);
}
