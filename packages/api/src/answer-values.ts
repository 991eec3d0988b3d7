import { Readable } from 'node:stream';
import { AppError, toValue, type Value } from '@brine/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { codecFor, eventStreamCodec, type BodyCodec } from './body-codec.ts';
import type { JobEvent } from './control-ports.ts';
import { jobEventToValue } from './job-event-value.ts';

/** The body of a request, read by its content type. Throws `request-invalid`. */
export function bodyOf(request: FastifyRequest): Value {
  if (!(request.body instanceof Uint8Array)) {
    throw new AppError({ code: 'request-invalid', message: 'the request has no body' });
  }
  try {
    return codecFor(request.headers['content-type']).decode(request.body);
  } catch (error) {
    throw new AppError({ code: 'request-invalid', message: 'the body cannot be read', cause: error });
  }
}

/** Aborted when the client goes away, or has its answer. */
export function signalOf(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  // Not of the connection: that serves many requests, and would keep a listener for each.
  reply.raw.once('close', () => controller.abort());
  return controller.signal;
}

/** Answers a value in the form that the client accepts. */
export function sendValue(
  request: FastifyRequest,
  reply: FastifyReply,
  value: Parameters<typeof toValue>[0],
): FastifyReply {
  const codec = codecFor(request.headers.accept);
  return reply.header('content-type', codec.contentType).send(codec.encode(toValue(value)));
}

/** Answers the events of a job as they come. */
export async function sendJob(
  request: FastifyRequest,
  reply: FastifyReply,
  events: AsyncIterable<JobEvent>,
): Promise<FastifyReply> {
  return sendStream(request, reply, mapAsync(await started(events), jobEventToValue));
}

/** Waits for the first item, so that a failure before it is answered as an error and not as a broken stream. */
async function started<Item>(source: AsyncIterable<Item>): Promise<AsyncIterable<Item>> {
  const iterator = source[Symbol.asyncIterator]();
  const first = await iterator.next();
  return (async function* continued(): AsyncIterable<Item> {
    try {
      for (let next = first; next.done !== true; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  })();
}

/** Answers values as they come, in the form that the client accepts. */
export function sendStream(request: FastifyRequest, reply: FastifyReply, values: AsyncIterable<Value>): FastifyReply {
  const codec = streamCodecFor(request.headers.accept);
  const items = Readable.from(
    mapAsync(values, (value) => codec.encodeItem(value)),
    { objectMode: false, highWaterMark: 1024 * 1024 },
  );
  return reply.header('content-type', codec.contentType).send(items);
}

/** Changes what comes, one after another. */
export async function* mapAsync<From, To>(source: AsyncIterable<From>, change: (item: From) => To): AsyncIterable<To> {
  for await (const item of source) yield change(item);
}

/** Streams can be server-sent events too. */
function streamCodecFor(accept: string | undefined): BodyCodec {
  return accept?.includes('text/event-stream') === true ? eventStreamCodec : codecFor(accept);
}
