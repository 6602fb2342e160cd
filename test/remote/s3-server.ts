import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import S3rver from 's3rver';
import type { Test } from 'tap';
import { filesBelow } from './photographs.js';

/** The credentials that s3rver knows. */
export const credentials = { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' } as const;

/** A server that speaks S3 on loopback, with the files of a folder in bucket `photos`, below `prefix`. */
export async function s3Server(t: Test, folder: string, directory: string, prefix = 'set/'): Promise<string> {
  const server = new S3rver({
    ...{ port: 0, address: '127.0.0.1', silent: true, directory },
    configureBuckets: [{ name: 'photos' }],
  });
  const { port } = await server.run();
  t.teardown(() => server.close());
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new S3Client({
    ...{ endpoint, region: 'us-east-1', forcePathStyle: true },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
  });
  for (const name of filesBelow(folder)) {
    const Body = readFileSync(path.join(folder, name));
    await client.send(new PutObjectCommand({ Bucket: 'photos', Key: prefix + name, Body }));
  }
  client.destroy();
  return endpoint;
}
