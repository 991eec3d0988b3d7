import { basename, dirname } from 'node:path';
import send from '@fastify/send';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HttpProblem } from '../http-problem.ts';
import type { NetapiContext } from '../netapi-context.ts';
import type { NetapiSettings } from '../netapi-settings.ts';

/** The page for browsers and the files beside it. */
export function addFileRoutes(server: FastifyInstance, { settings }: NetapiContext): void {
  const { staticFolder, staticPath, appPath, app } = settings;
  if (app !== undefined) {
    const show = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
      sendApp(request, reply, settings);
    server.get(appPath === '' ? '/*' : appPath, show);
    if (appPath !== '') server.get(`${appPath}/*`, show);
  }
  if (staticFolder === undefined) return;
  server.get(`${staticPath}/*`, async (request, reply) => {
    const path = (request.params as { readonly '*'?: string })['*'] ?? '';
    return sendFile(request, reply, { folder: staticFolder, path, settings });
  });
}

/** Whether a request is for the page: a browser that wants HTML, whatever the path, as long as there is a page. */
export function wantsApp(request: FastifyRequest, { app, staticPath, staticFolder }: NetapiSettings): boolean {
  if (app === undefined || !['GET', 'HEAD'].includes(request.method)) return false;
  if (staticFolder !== undefined && request.url.startsWith(`${staticPath}/`)) return false;
  return /(?:^|,)\s*text\/(?:html|\*)/i.test(request.headers.accept ?? '');
}

/** Sends the page. */
export async function sendApp(
  request: FastifyRequest,
  reply: FastifyReply,
  settings: NetapiSettings,
): Promise<FastifyReply> {
  const app = settings.app ?? '';
  return sendFile(request, reply, { folder: dirname(app), path: basename(app), settings });
}

interface ServedFile {
  readonly folder: string;
  readonly path: string;
  readonly settings: NetapiSettings;
}

async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  { folder, path, settings }: ServedFile,
): Promise<FastifyReply> {
  const { statusCode, headers, stream, type } = await send(request.raw, encodeURI(path), {
    ...{ root: folder, dotfiles: 'ignore', index: false },
    cacheControl: !settings.expiresResponses,
  });
  if (type !== 'file' && statusCode >= 400) {
    throw new HttpProblem(404, `The path '${request.url.split('?')[0] ?? ''}' was not found.`);
  }
  reply.headers(headers).header('x-content-type-options', 'nosniff');
  if (settings.expiresResponses)
    reply.header('cache-control', 'no-cache, must-revalidate').header('pragma', 'no-cache');
  return reply.status(statusCode).send(stream);
}
