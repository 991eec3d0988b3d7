import { randomBytes } from 'node:crypto';
import { isDict, pythonStr, type Dict, type Value } from '@brine/common';
import type { FunctionContext } from '../../kit/context.ts';
import type { ServerRequest } from '../../providers/http/open-server.ts';
import { failure } from '../failure.ts';
import { readText } from '../text-file.ts';
import type { Query } from './query.ts';

/** The address of a query with its parameters. Throws for what is none. */
export function addressOf(given: string, params: Dict | string | undefined): URL {
  let url: URL;
  try {
    url = new URL(given);
  } catch (error) {
    throw failure(`'${given}' is no address.`, error);
  }
  if (!/^https?:$/.test(url.protocol))
    throw failure(`http.query asks http:// and https:// only, not ${url.protocol}//`);
  const pairs = typeof params === 'string' ? new URLSearchParams(params) : (params ?? []);
  for (const [name, value] of pairs) url.searchParams.append(pythonStr(name), pythonStr(value));
  return url;
}

/** What is sent, with the files it needs read. Throws for those that are not there. */
export async function requestOf(args: Query, context: FunctionContext): Promise<ServerRequest> {
  const data = args.data_file === undefined ? args.data : await dataOf(args.data_file, args, context);
  const headers = await headersOf(args, data, context);
  const body = args.formdata ? formOf(args, data, headers) : data === null ? undefined : bodyOf(data);
  return {
    method: args.method,
    headers,
    redirect: args.follow_redirects ? 'follow' : 'manual',
    ...(body === undefined ? {} : { body }),
    ...(await trustOf(args, context)),
  };
}

type Trust = Pick<ServerRequest, 'verifiesCertificates' | 'authorities' | 'identity'>;

async function trustOf(args: Query, { host, options }: FunctionContext): Promise<Trust> {
  const read = async (path: string): Promise<Uint8Array> => {
    const content = await host.files.read(path);
    if (content === undefined) throw failure(`${path} does not exist`);
    return content;
  };
  const bundle = args.ca_bundle ?? options.get('ca_bundle');
  const [certificate, key = certificate] = args.cert ?? [];
  return {
    verifiesCertificates: args.verify_ssl ?? options.get('verify_ssl') !== false,
    ...(typeof bundle === 'string' && bundle !== '' ? { authorities: await read(bundle) } : {}),
    ...(certificate === undefined || key === undefined
      ? {}
      : { identity: { certificate: await read(certificate), key: await read(key) } }),
  };
}

function dataOf(path: string, args: Query, context: FunctionContext): Promise<Value> {
  return readFileOf(path, { renders: args.data_render, renderer: args.data_renderer, args }, context);
}

async function readFileOf(
  path: string,
  how: { readonly renders: boolean; readonly renderer: string | undefined; readonly args: Query },
  context: FunctionContext,
): Promise<Value> {
  const content = await readText(context.host, path);
  if (content === undefined) throw failure(`${path} does not exist`);
  if (!how.renders) return content;
  if (context.renderPipeline === undefined) throw failure('Files cannot be rendered from here.');
  const pipeline = how.renderer === undefined ? {} : { pipeline: how.renderer };
  return context.renderPipeline({
    ...{ text: content, file: path, context: how.args.template_dict, saltenv: 'base' },
    ...pipeline,
  });
}

async function headersOf(args: Query, data: Value, context: FunctionContext): Promise<Headers> {
  const headers = new Headers();
  if (isDict(data)) headers.set('content-type', 'application/x-www-form-urlencoded');
  const [user, password] = args.auth ?? [args.username, args.password];
  if (user !== undefined && password !== undefined)
    headers.set('authorization', `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`);
  for (const [name, value] of await headerPairs(args, context)) setHeader(headers, name, value);
  setHeader(headers, 'user-agent', args.agent);
  return headers;
}

async function headerPairs(args: Query, context: FunctionContext): Promise<readonly (readonly [string, string])[]> {
  const how = { renders: args.header_render, renderer: args.header_renderer, args };
  const file = args.header_file === undefined ? '' : await readFileOf(args.header_file, how, context);
  const members = [...(args.header_dict ?? []), ...(isDict(file) ? file : [])];
  const lines = [...(args.header_list ?? []), ...(isDict(file) ? [] : pythonStr(file).split('\n'))];
  return [
    ...members.map(([name, value]): readonly [string, string] => [pythonStr(name), pythonStr(value)]),
    ...lines.flatMap((line): readonly (readonly [string, string])[] => {
      const [, name, value] = /^\s*([^:]+?)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value]];
    }),
  ];
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

function formOf(args: Query, data: Value, headers: Headers): string {
  const boundary = randomBytes(16).toString('hex');
  headers.set('content-type', `multipart/form-data; boundary=${boundary}`);
  const quoted = (name: string): string => `"${name.replace(/["\r\n]/g, (sign) => encodeURIComponent(sign))}"`;
  const field = quoted(args.formdata_fieldname ?? '');
  const file = args.formdata_filename === undefined ? '' : `; filename=${quoted(args.formdata_filename)}`;
  const content = data === null ? '' : bodyOf(data);
  return `--${boundary}\r\nContent-Disposition: form-data; name=${field}${file}\r\n\r\n${content}\r\n--${boundary}--\r\n`;
}
