import { isAppError, toValue, type Plain } from '@brine/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerForError } from '../error-answer.ts';
import { HttpProblem } from './http-problem.ts';
import { acceptedType, sendAnswer } from './media-types.ts';

/** Statuses of errors that clients of Salt know otherwise than the control surface does. */
const statusByCode: ReadonlyMap<string, number> = new Map([
  ['runner-unknown', 500],
  ['job-refused', 401],
  ['access-refused', 401],
]);

/** Answers an error: the status and message that clients of Salt know, and beside it what `/v1` would answer. */
export function answerProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, message, detail, headers } = describe(error);
  reply.status(status).headers(headers);
  if (request.method === 'HEAD') return reply.send();
  // Whoever takes neither form gets JSON all the same, as an error has to be told somehow.
  if (acceptedType(request.headers.accept) === undefined) request.headers.accept = 'application/json';
  return sendAnswer(request, reply, toValue({ status, return: message, error: detail }));
}

interface Described {
  readonly status: number;
  readonly message: string;
  readonly detail: Plain;
  readonly headers: Readonly<Record<string, string>>;
}

function describe(error: unknown): Described {
  if (error instanceof HttpProblem) {
    const { status, message, code, headers } = error;
    return { status, message, headers, detail: { code, message } };
  }
  const fastifyStatus = (error as { readonly statusCode?: unknown }).statusCode;
  if (!isAppError(error) && typeof fastifyStatus === 'number' && fastifyStatus < 500) {
    const message = error instanceof Error ? error.message : 'Bad request';
    return { status: fastifyStatus, message, headers: {}, detail: { code: 'request-invalid', message } };
  }
  const { status, body } = answerForError(error);
  const known = isAppError(error) ? (statusByCode.get(error.code) ?? status) : status;
  const message = isAppError(error) && known < 500 ? error.message : 'An unexpected error occurred';
  return { status: known, message, headers: {}, detail: (body as Map<string, Plain>).get('error') };
}
