import { brineVersion } from '@brine/common';
import { z } from 'zod';
import { describedRoutes, type DescribedRoute } from './routes.ts';

/** The description of the HTTP API in OpenAPI 3.1, made from the schemas that read requests. */
export function describeApi(): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of describedRoutes) {
    paths[route.path] = { ...paths[route.path], [route.method]: describeRoute(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Brine', version: brineVersion, description: 'The HTTP API of the master.' },
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'A token of /v1/login, or an API key.' },
        header: { type: 'apiKey', in: 'header', name: 'X-Auth-Token' },
        cookie: { type: 'apiKey', in: 'cookie', name: 'session_id' },
      },
      schemas: { Error: z.toJSONSchema(ErrorAnswer, { target: 'draft-2020-12' }) },
    },
  };
}

const span = z.object({ file: z.string(), line: z.number(), column: z.number().optional() });

const ErrorAnswer = z.object({
  error: z.object({
    code: z.string().describe('One of the catalogued codes; the only thing to decide on.'),
    message: z.string(),
    problems: z
      .array(z.looseObject({ severity: z.string(), code: z.string(), summary: z.string(), span: span.optional() }))
      .optional()
      .describe('What is wrong, each with its place in the file.'),
  }),
});

function describeRoute({ path, summary, query, body, isOpen, answer, isOfSalt }: DescribedRoute): object {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    ...{ name, in: 'path', required: true, schema: { type: 'string' } },
  }));
  const inQuery = Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
    ...{ name, in: 'query', required: false, schema: schemaOf(schema) },
  }));
  const [, status = '200', text] = /^(?:(\d{3})(?:: |$))?(.*)$/.exec(answer) ?? [];
  return {
    summary,
    tags: [isOfSalt === true ? 'as Salt has it' : 'ours'],
    ...(inPath.length + inQuery.length === 0 ? {} : { parameters: [...inPath, ...inQuery] }),
    ...(body === undefined ? {} : { requestBody: { content: { 'application/json': { schema: schemaOf(body) } } } }),
    security: isOpen === true ? [] : [{ bearer: [] }, { header: [] }, ...(isOfSalt === true ? [{ cookie: [] }] : [])],
    responses: {
      [status]: { description: text === '' ? 'done' : text },
      default: {
        description: 'an error',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  };
}

function schemaOf(schema: unknown): object {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema as z.ZodType, { io: 'input', unrepresentable: 'any' });
  return rest;
}
