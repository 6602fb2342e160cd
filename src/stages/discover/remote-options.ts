import { z } from 'zod';
import { bytes } from '../units.js';

const Cache = z.strictObject({
  folder: z
    .string()
    .describe('Where they are kept, relative to the working folder. Several runs may share it.'),
  max_bytes: bytes
    .default(10 * 2 ** 30)
    .describe('Most bytes that are kept; what was not used for the longest time goes first.'),
});

const S3 = z.strictObject({
  endpoint: z
    .url()
    .optional()
    .describe('Address of an S3 server other than that of Amazon, e.g. http://localhost:9000.'),
  region: z
    .string()
    .optional()
    .describe(
      'Region of the bucket (default: AWS_REGION or that of the profile; with an endpoint us-east-1).',
    ),
  path_style: z
    .boolean()
    .optional()
    .describe(
      'Ask for endpoint/bucket/key in place of bucket.endpoint/key; most servers of other makers want it.',
    ),
  anonymous: z
    .boolean()
    .optional()
    .describe('Do not sign requests: public buckets, without any credentials.'),
});

export const RemoteOptions = z.strictObject({
  connections: z.number().int().min(1).max(256).default(8).describe('Requests at once.'),
  timeout: z
    .number()
    .positive()
    .max(3600)
    .default(30)
    .describe('Seconds without a byte after which an attempt is given up.'),
  retries: z
    .number()
    .int()
    .min(0)
    .max(20)
    .default(4)
    .describe('Further attempts after a failure that may pass, each after a longer wait.'),
  limit_bytes: bytes
    .default(256 * 2 ** 20)
    .describe('A file of more bytes is refused before memory is taken for it.'),
  cache: Cache.optional().describe('Keep fetched files on disk (default: nothing is kept).'),
  s3: S3.prefault({}).describe(
    'For addresses that begin with s3://. Credentials are those that the AWS SDK finds.',
  ),
});

export type RemoteOptions = z.infer<typeof RemoteOptions>;
