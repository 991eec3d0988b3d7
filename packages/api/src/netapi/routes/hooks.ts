import { toValue, type Dict, type Plain } from '@brine/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendAnswer } from '../media-types.ts';
import type { NetapiContext } from '../netapi-context.ts';
import { readBody } from '../read-body.ts';
import { requireSession } from '../session.ts';

/** Headers that prove who somebody is; events do not have them. */
const secretHeaders = new Set(['authorization', 'cookie', 'x-auth-token', 'proxy-authorization']);

/** `POST /hook/…`: fires an event with what was sent. */
export function addHookRoutes(server: FastifyInstance, context: NetapiContext): void {
  const { ports, settings } = context;
  const fire = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    if (!settings.webhookIsOpen) await requireSession(request, reply, context);
    const rest = (request.params as Readonly<Record<string, string | undefined>>)['*'] ?? '';
    const { text, value } = readBody(request);
    const tag = ['salt/netapi/hook', ...rest.split('/').filter((part) => part !== '')].join('/');
    const payload = { body: text, post: value ?? new Map(), headers: headersOf(request) };
    ports.events.fire(tag, toValue(payload as Plain) as Dict);
    return sendAnswer(request, reply, toValue({ success: true }));
  };
  server.post(settings.webhookPath === '' ? '/' : settings.webhookPath, fire);
  server.post(`${settings.webhookPath}/*`, fire);
}

function headersOf({ headers, raw }: FastifyRequest): Plain {
  const shown = Object.entries(headers)
    .filter(([name, value]) => value !== undefined && !secretHeaders.has(name))
    .map(([name, value]) => [titled(name), Array.isArray(value) ? value.join(', ') : value]);
  return { ...(Object.fromEntries(shown) as Record<string, string>), 'Remote-Addr': raw.socket.remoteAddress ?? '' };
}

/** `user-agent` as `User-Agent`, as Salt's events have it. */
function titled(name: string): string {
  return name.replaceAll(/(^|-)[a-z]/g, (letters) => letters.toUpperCase());
}
