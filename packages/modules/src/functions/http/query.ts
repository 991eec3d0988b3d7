import { isDict, loadJson, loadYaml, pythonStr, type Plain, type Value } from '@brine/common';
import { z } from 'zod';
import { dict, flag, number, oneOf, optional, text, withDefault } from '../../kit/arguments.ts';
import { secret } from '../../kit/secret-arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { valueOr } from '../value-or.ts';

const queryArguments = {
  url: text().describe('Address: `http://…` or `https://…`.'),
  method: withDefault(text(), 'GET').describe('GET, POST, PUT, DELETE, …'),
  params: optional(dict()).describe('Members of the query of the address.'),
  data: valueOr(null).describe('The body: a text, or a dictionary sent as a form.'),
  header_dict: optional(dict()).describe('Headers.'),
  username: optional(text()).describe('The user, for basic authentication.'),
  password: secret(optional(text())).describe('The password, for basic authentication.'),
  text: withDefault(flag(), false).describe('Answer the body.'),
  status: withDefault(flag(), false).describe('Answer the status.'),
  headers: withDefault(flag(), false).describe('Answer the headers.'),
  decode: withDefault(flag(), false).describe('Answer the body decoded, as `dict`.'),
  decode_type: withDefault(oneOf('auto', 'json', 'yaml', 'plain'), 'auto').describe('auto, json, yaml or plain.'),
  timeout: withDefault(number(), 60).describe('Seconds to wait.'),
  raise_error: withDefault(flag(), true).describe('Answer an error for a status of 400 or more.'),
  follow_redirects: withDefault(flag(), true).describe('Follow redirections.'),
  backend: optional(text()).describe('Accepted for Salt; there is one way of asking here.'),
  verify_ssl: withDefault(flag(), true).describe('Only true: certificates are always checked.'),
};

export const query = defineFunction({
  name: 'http.query',
  summary: 'Asks a web server and answers what was asked for: body, status, headers, or decoded data.',
  args: z.object(queryArguments),
  examples: [
    "'*' http.query http://somelink.com/",
    "'*' http.query http://somelink.com/ method=POST data='<xml>somecontent</xml>'",
  ],
  run: (args, context) => ask(args, context),
});

type Query = z.infer<z.ZodObject<typeof queryArguments>>;

async function ask(args: Query, context: FunctionContext): Promise<Plain> {
  if (!args.verify_ssl) throw failure('http.query always checks certificates; verify_ssl=False is not supported.');
  const url = addressOf(args);
  try {
    const response = await fetch(url, {
      method: args.method,
      headers: headersOf(args),
      redirect: args.follow_redirects ? 'follow' : 'manual',
      signal: AbortSignal.any([context.signal, AbortSignal.timeout(args.timeout * 1000)]),
      ...(args.data === null ? {} : { body: bodyOf(args.data) }),
    });
    return await answerOf(args, response);
  } catch (error) {
    context.signal.throwIfAborted();
    const reason = error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : '';
    return { body: null, error: `${url.host}: ${reason}` };
  }
}

async function answerOf(args: Query, response: Response): Promise<Plain> {
  const body = await response.text();
  if (args.raise_error && response.status >= 400) {
    return { error: `HTTP ${response.status}: ${response.statusText}`, body, status: response.status };
  }
  // Without any of them, Salt answers the body.
  const wantsBody = args.text || !(args.status || args.headers || args.decode);
  return {
    ...(wantsBody ? { body } : {}),
    ...(args.text ? { text: body } : {}),
    ...(args.status ? { status: response.status } : {}),
    ...(args.headers ? { headers: Object.fromEntries(response.headers) } : {}),
    ...(args.decode ? decodeBody(body, args.decode_type, response) : {}),
  };
}

function addressOf(args: Query): URL {
  let url: URL;
  try {
    url = new URL(args.url);
  } catch (error) {
    throw failure(`'${args.url}' is no address.`, error);
  }
  if (!/^https?:$/.test(url.protocol))
    throw failure(`http.query asks http:// and https:// only, not ${url.protocol}//`);
  for (const [name, value] of args.params ?? []) url.searchParams.append(pythonStr(name), pythonStr(value));
  return url;
}

function headersOf(args: Query): Headers {
  const headers = new Headers({ 'user-agent': 'Salt/3006' });
  if (isDict(args.data)) headers.set('content-type', 'application/x-www-form-urlencoded');
  if (args.username !== undefined && args.password !== undefined) {
    headers.set('authorization', `Basic ${Buffer.from(`${args.username}:${args.password}`).toString('base64')}`);
  }
  for (const [name, value] of args.header_dict ?? []) headers.set(pythonStr(name), pythonStr(value));
  return headers;
}

function bodyOf(body: Value): string {
  if (!isDict(body)) return pythonStr(body);
  const form = new URLSearchParams();
  for (const [name, value] of body) form.append(pythonStr(name), pythonStr(value));
  return form.toString();
}

function decodeBody(
  body: string,
  wanted: Query['decode_type'],
  response: Response,
): { readonly dict?: Value; readonly text?: string } {
  const contentType = response.headers.get('content-type') ?? '';
  const type = wanted === 'auto' ? (/json|yaml/.exec(contentType)?.[0] ?? 'plain') : wanted;
  if (type === 'json') return { dict: loadJson(body) };
  return type === 'yaml' ? { dict: loadYaml(body).value } : { text: body };
}
