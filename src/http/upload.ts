import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Busboy } from '@fastify/busboy';
import type { Context } from 'koa';
import { Problem } from '../core/index.ts';
import { addParameter, carries } from './input.ts';
import type { UploadedFile, UploadLimits } from './route.ts';

/** What a multipart body held. */
export interface Upload {
  fields: Record<string, string>;
  /** Undefined when none was chosen. */
  file?: UploadedFile | undefined;
}

/** Reads the multipart body of a request. @throws {Problem} unsupported-media-type | content-too-large | malformed-request | uploads-busy */
export type UploadReader = (ctx: Context) => Promise<Upload>;

/** The one name under which a file may come. */
const fileField = 'file';
/** What everything but the file may take, besides one field of the largest size. */
const restBytes = 64 * 1024;
/** Files in memory at once, in this process. */
const maxAtOnce = 8;

const tooLarge = () => new Problem('content-too-large', { headers: { Connection: 'close' } });

/** Collects one file, hashing while it comes. */
function collect(stream: Readable, refuse: (error: unknown) => void): () => UploadedFile | undefined {
  const chunks: Buffer[] = [];
  const hash = createHash('sha256');
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    hash.update(chunk);
  });
  stream.on('limit', () => refuse(tooLarge()));
  stream.on('error', refuse);
  return () => {
    const bytes = Buffer.concat(chunks);
    // A browser sends an empty part for a field in which nothing was chosen.
    return bytes.length > 0 ? { bytes, sha256: hash.digest('hex') } : undefined;
  };
}

function read(
  ctx: Context,
  { limitBytes, fields: most, fieldBytes }: Required<UploadLimits>,
): Promise<Upload> {
  const { req } = ctx;
  return new Promise((resolve, reject) => {
    const fields: Record<string, string> = {};
    let said = 0;
    let finish: (() => UploadedFile | undefined) | undefined;
    const refuse = (error: unknown) => {
      // What is still to come is not read for its content any more.
      req.unpipe(parser);
      req.pause();
      reject(
        error instanceof Problem
          ? error
          : new Problem('malformed-request', { detail: 'The form cannot be read.', cause: error }),
      );
    };
    const limits = {
      ...{ fileSize: limitBytes, files: 1, fields: most, fieldSize: fieldBytes, fieldNameSize: 100 },
      ...{ parts: most + 1, headerPairs: 20 },
    };
    const parser = new Busboy({
      headers: { ...req.headers, 'content-type': req.headers['content-type'] ?? '' },
      limits,
    });
    parser.on('field', (name, value, isNameCut, isValueCut) => {
      said += value.length;
      // A body of unannounced length is bounded here.
      if (isNameCut || isValueCut || said > fieldBytes + restBytes) return refuse(tooLarge());
      try {
        addParameter(fields, name, value);
      } catch (error) {
        refuse(error);
      }
    });
    parser.on('file', (name, stream) => {
      if (name !== fileField) refuse(new Error(`a file is named ${fileField} in the form`));
      finish = collect(stream, refuse);
    });
    for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const)
      parser.on(limit, () => refuse(new Error('there are too many parts')));
    parser.on('error', refuse);
    parser.on('finish', () => resolve({ fields, file: finish?.() }));
    req.on('aborted', () => refuse(new Error('the request ended early')));
    req.pipe(parser);
  });
}

/** Makes the reader: one file of at most so many bytes, and short fields beside it. */
export function createUploadReader(): (limits: UploadLimits) => UploadReader {
  let inFlight = 0;
  return ({ limitBytes, fields = 50, fieldBytes = 8_192 }) =>
    async (ctx) => {
      if (!carries(ctx, 'multipart/form-data'))
        throw new Problem('unsupported-media-type', { extensions: { accepts: 'multipart/form-data' } });
      if ((ctx.request.length ?? 0) > limitBytes + fieldBytes + restBytes) throw tooLarge();
      if (inFlight >= maxAtOnce) throw new Problem('uploads-busy', { headers: { 'Retry-After': '2' } });
      inFlight++;
      try {
        return await read(ctx, { limitBytes, fields, fieldBytes });
      } catch (error) {
        if (error instanceof Problem) throw error;
        throw new Problem('malformed-request', { detail: 'The form cannot be read.', cause: error });
      } finally {
        inFlight--;
      }
    };
}
