import type { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { bucketAndKey } from './address.js';
import { Failure } from './failure.js';
import { gather } from './gather.js';
import { createAgents } from './http-request.js';
import type { Patience } from './patience.js';
import { s3Failure } from './s3-errors.js';
import type { Part, Piece, Store } from './store.js';

export interface S3Options {
  /** Address of a server other than Amazon's. */
  readonly endpoint?: string;
  /** Default: as the SDK finds it (AWS_REGION, profile); with an endpoint us-east-1. */
  readonly region?: string;
  /** `endpoint/bucket/key` in place of `bucket.endpoint/key`. */
  readonly path_style?: boolean;
  /** Requests are not signed: public buckets. */
  readonly anonymous?: boolean;
}

/** What a listing says about an object. */
export interface S3Object {
  readonly key: string;
  readonly bytes: number;
}

/** Objects in S3 and what speaks its language. Credentials are those that the AWS SDK finds. */
export class S3Store implements Store {
  #client?: Promise<Sdk>;

  constructor(
    readonly options: S3Options,
    readonly connections: number,
  ) {}

  async get(uri: string, part: Part | undefined, most: number, patience: Patience): Promise<Piece> {
    const { bucket, key } = bucketAndKey(uri);
    const { client, GetObjectCommand } = await this.#open();
    const Range = part && `bytes=${part.offset}-${part.offset + part.length - 1}`;
    try {
      const command = new GetObjectCommand({ Bucket: bucket, Key: key, Range });
      const answer = await client.send(command, { abortSignal: patience.signal });
      const announced = answer.ContentLength;
      const enough = part?.length ?? Number.POSITIVE_INFINITY;
      const bytes = await gather(answer.Body as Readable, { announced, enough, most }, patience);
      const total = Number(answer.ContentRange?.split('/')[1] ?? announced ?? Number.NaN);
      return {
        bytes,
        total: Number.isNaN(total) ? undefined : total,
        version: answer.ETag,
        type: answer.ContentType,
      };
    } catch (error) {
      if (patience.signal.aborted) throw patience.signal.reason;
      if (error instanceof Error && error.name === 'InvalidRange' && part?.offset === 0)
        return { bytes: new Uint8Array(), total: 0 };
      throw error instanceof Failure ? error : s3Failure(error, bucket);
    }
  }

  /**
   * One page of the objects whose keys begin with a prefix; the next one begins at `next`, if there is one. Throws as
   * `get`.
   */
  async list(bucket: string, prefix: string, page: string | undefined, patience: Patience) {
    const { client, ListObjectsV2Command } = await this.#open();
    try {
      const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: page });
      const answer = await client.send(command, { abortSignal: patience.signal });
      const objects = (answer.Contents ?? []).map(
        ({ Key = '', Size = 0 }): S3Object => ({ key: Key, bytes: Size }),
      );
      return { objects, next: answer.NextContinuationToken };
    } catch (error) {
      if (patience.signal.aborted) throw patience.signal.reason;
      throw s3Failure(error, bucket);
    }
  }

  /** The SDK takes a moment to load, and most runs need none of it. */
  #open(): Promise<Sdk> {
    this.#client ??= open(this.options, this.connections);
    return this.#client;
  }
}

/** Credentials are asked for even where nothing is signed with them. */
const unsigned = {
  credentials: { accessKeyId: '', secretAccessKey: '' },
  signer: { sign: async <T>(request: T): Promise<T> => request },
};

type Sdk = Awaited<ReturnType<typeof open>>;

async function open({ endpoint, region, path_style, anonymous }: S3Options, connections: number) {
  const { GetObjectCommand, ListObjectsV2Command, S3Client } = await import('@aws-sdk/client-s3');
  const { http: httpAgent, https: httpsAgent } = createAgents(connections);
  // It would be printed in every run on Node 20, and says what will be asked of later versions.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const client: S3Client = new S3Client({
    endpoint,
    region: region ?? (process.env.AWS_REGION === undefined && endpoint ? 'us-east-1' : undefined),
    forcePathStyle: path_style,
    // Attempts and time limits are ours, the same for every kind of server.
    maxAttempts: 1,
    requestHandler: { httpAgent, httpsAgent },
    // Servers other than Amazon's know nothing of the checksums of 2025.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(anonymous && unsigned),
  });
  return { client, GetObjectCommand, ListObjectsV2Command };
}
