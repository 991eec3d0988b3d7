import { dumpJson, dumpYaml, type Value } from '@brine/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HttpProblem } from './http-problem.ts';

const json = 'application/json';
const yaml = 'application/x-yaml';

interface Range {
  readonly type: string;
  readonly quality: number;
}

/** Which of the two media types an `Accept` header prefers; `undefined` when it takes neither. */
export function acceptedType(accept: string | undefined): typeof json | typeof yaml | undefined {
  if (accept === undefined || accept.trim() === '') return json;
  const ranges = accept.split(',').map(readRange);
  const qualityOf = (type: string): number => {
    const of = (wanted: string): number | undefined => ranges.find((range) => range.type === wanted)?.quality;
    return of(type) ?? of('application/*') ?? of('*/*') ?? 0;
  };
  const [forJson, forYaml] = [qualityOf(json), qualityOf(yaml)];
  if (forJson === 0 && forYaml === 0) return undefined;
  return forYaml > forJson ? yaml : json;
}

function readRange(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  const number = quality === undefined ? 1 : Number(quality);
  return { type, quality: Number.isFinite(number) ? number : 0 };
}

/** Sends a value as JSON, as Python writes it, or as YAML. Throws 406 when the client takes neither. */
export function sendAnswer(request: FastifyRequest, reply: FastifyReply, value: Value): FastifyReply {
  const { accept } = request.headers;
  const type = acceptedType(accept);
  if (type === undefined) {
    throw new HttpProblem(
      406,
      `Your client sent this Accept header: ${accept ?? ''}. But this resource only emits these media types: ${json}, ${yaml}.`,
    );
  }
  const body = Buffer.from(type === json ? dumpJson(value) : dumpYaml(value));
  return reply.header('content-type', type).send(body);
}
