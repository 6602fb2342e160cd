import { EsrganError } from '../errors.js';
import { type Failure, networkFailure } from './failure.js';
import { refusal } from './http.js';

/** What is wrong with the account or the bucket: every other object would fail for it, too. */
const general: Readonly<Record<string, (bucket: string) => readonly [message: string, remedy: string]>> = {
  CredentialsProviderError: () => [
    'no credentials for S3 were found',
    'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or AWS_PROFILE; for a public bucket set source.remote.s3.anonymous: true.',
  ],
  InvalidAccessKeyId: () => [
    'S3 does not know the access key',
    'Check AWS_ACCESS_KEY_ID or AWS_PROFILE, and source.remote.s3.endpoint.',
  ],
  SignatureDoesNotMatch: () => [
    'S3 refuses the secret key',
    'Check AWS_SECRET_ACCESS_KEY, and source.remote.s3.region.',
  ],
  ExpiredToken: () => [
    'the credentials for S3 have expired',
    'Get new ones, then run the same command again.',
  ],
  ExpiredTokenException: () => [
    'the credentials for S3 have expired',
    'Get new ones, then run the same command again.',
  ],
  NoSuchBucket: (bucket) => [
    `S3 has no bucket ${bucket}`,
    'Correct the name, or set source.remote.s3.endpoint to the server that has it.',
  ],
  PermanentRedirect: (bucket) => [
    `the bucket ${bucket} lies in another region`,
    'Set source.remote.s3.region (or AWS_REGION) to it.',
  ],
  AuthorizationHeaderMalformed: (bucket) => [
    `the bucket ${bucket} lies in another region`,
    'Set source.remote.s3.region (or AWS_REGION) to it.',
  ],
};

/** An error of the AWS SDK as one of an object, or of the account or bucket. */
export function s3Failure(error: unknown, bucket: string): Failure | EsrganError {
  if (error instanceof EsrganError) return error;
  if (!(error instanceof Error)) return networkFailure(error);
  const known = general[error.name]?.(bucket);
  if (known) return s3Error(...known, error);
  if (/^region is missing/i.test(error.message))
    return s3Error('no region for S3 is set', 'Set source.remote.s3.region or AWS_REGION.', error);
  const status = statusOf(error);
  if (status === 301) return s3Error(...general.PermanentRedirect(bucket), error);
  return status === undefined ? networkFailure(error) : refusal(status);
}

/** A bucket that cannot be listed: nobody can do without. */
export function listError({ message }: Failure, bucket: string): EsrganError {
  const remedy = message.startsWith('HTTP 403')
    ? 'Allow s3:ListBucket for it, use other credentials, or name the pictures in a list (meta_info).'
    : 'Check the bucket, source.remote.s3.endpoint and source.remote.s3.path_style.';
  return s3Error(`the bucket ${bucket} cannot be listed: ${message}`, remedy);
}

const s3Error = (message: string, remedy: string, cause?: unknown): EsrganError =>
  new EsrganError('S3', message, { remedy, cause });

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  const { httpStatusCode } = error.$metadata as { httpStatusCode?: number };
  return httpStatusCode;
}
