import { isAppError, isDict, loadJson, loadYaml, pythonStr, type Plain, type Value } from '@brine/common';
import { z } from 'zod';
import {
  argument,
  dict,
  flag,
  number,
  oneOf,
  optional,
  text,
  withDefault,
  type Argument,
} from '../../kit/arguments.ts';
import { secret } from '../../kit/secret-arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { askServer, type ServerAnswer } from '../../providers/http/ask-server.ts';
import { failure } from '../failure.ts';
import { valueOr } from '../value-or.ts';

function positive(): Argument<number> {
  return argument('a number above 0', (value) => {
    const seconds = number().safeParse(value).data;
    return seconds !== undefined && seconds > 0 ? seconds : undefined;
  });
}

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
  timeout: withDefault(positive(), 60).describe('Seconds until all of the answer must be here.'),
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
  const request = {
    method: args.method,
    headers: headersOf(args),
    redirect: args.follow_redirects ? ('follow' as const) : ('manual' as const),
    ...(args.data === null ? {} : { body: bodyOf(args.data) }),
  };
  const answer = await askServer(url, request, { seconds: args.timeout, signal: context.signal });
  return 'failure' in answer ? { body: null, error: `${url.host}: ${answer.failure}` } : told(args, answer);
}

function told(args: Query, answer: ServerAnswer): Plain {
  const { body, status } = answer;
  if (args.raise_error && status >= 400) return { error: `HTTP ${status}: ${answer.statusText}`, body, status };
  // Without any of them, Salt answers the body.
  const wantsBody = args.text || !(args.status || args.headers || args.decode);
  return {
    ...(wantsBody ? { body } : {}),
    ...(args.text ? { text: body } : {}),
    ...(args.status ? { status } : {}),
    ...(args.headers ? { headers: Object.fromEntries(answer.headers) } : {}),
    ...(args.decode ? decodeBody(args.decode_type, answer) : {}),
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
  for (const [name, value] of args.header_dict ?? []) setHeader(headers, pythonStr(name), pythonStr(value));
  return headers;
}

function setHeader(headers: Headers, name: string, value: string): void {
  try {
    headers.set(name, value);
  } catch (error) {
    // Its value may be a token.
    throw failure(`The header '${name}' has a name or a value that no header can have.`, error);
  }
}

function bodyOf(body: Value): string {
  if (!isDict(body)) return pythonStr(body);
  const form = new URLSearchParams();
  for (const [name, value] of body) form.append(pythonStr(name), pythonStr(value));
  return form.toString();
}

function decodeBody(
  wanted: Query['decode_type'],
  { headers, body }: ServerAnswer,
): { readonly dict?: Value; readonly text?: string; readonly error?: string } {
  const contentType = headers.get('content-type') ?? '';
  const type = wanted === 'auto' ? (/json|yaml/.exec(contentType)?.[0] ?? 'plain') : wanted;
  if (type !== 'json' && type !== 'yaml') return { text: body };
  try {
    return { dict: type === 'json' ? loadJson(body) : loadYaml(body).value };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { error: `the answer is no ${type.toUpperCase()}: ${error.message}` };
  }
}
