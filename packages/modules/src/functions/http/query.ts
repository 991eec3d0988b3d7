import type { Plain } from '@brine/common';
import { z } from 'zod';
import {
  absolutePath,
  anyValue,
  argument,
  dict,
  dictOrList,
  either,
  flag,
  number,
  oneOf,
  optional,
  text,
  textList,
  unsupported,
  withDefault,
  type Argument,
} from '../../kit/arguments.ts';
import { secret } from '../../kit/secret-arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { askServer, type NoAnswer } from '../../providers/http/ask-server.ts';
import { valueOr } from '../value-or.ts';
import { keepCookies, withCookies } from './cookies.ts';
import { tellAnswer } from './query-answer.ts';
import { addressOf, requestOf } from './query-request.ts';

function positive(): Argument<number> {
  return argument('a number above 0', (value) => {
    const seconds = number().safeParse(value).data;
    return seconds !== undefined && seconds > 0 ? seconds : undefined;
  });
}

const noPython = unsupported('it is called from within Python in Salt; `handle` gives the answer as it came');
const rendering = withDefault(flag(), false);

/** The arguments of `http.query`. */
export const queryArguments = {
  url: text().describe('Address: `http://…` or `https://…`.'),
  method: withDefault(text(), 'GET').describe('GET, POST, PUT, DELETE, …'),
  params: optional(either(dictOrList(), text())).describe('Members of the query of the address.'),
  data: valueOr(null).describe('The body: a text, or a dictionary sent as a form.'),
  data_file: optional(text()).describe('Path of a file with the body.'),
  header_dict: optional(dict()).describe('Headers.'),
  header_list: optional(textList()).describe('Headers as `Name: value`.'),
  header_file: optional(text()).describe('Path of a file with headers, a line each.'),
  username: optional(text()).describe('The user, for basic authentication.'),
  password: secret(optional(text())).describe('The password, for basic authentication.'),
  auth: secret(optional(textList())).describe('User and password as a list, instead.'),
  decode: withDefault(flag(), false).describe('Answer the body decoded, as `dict`.'),
  decode_type: withDefault(oneOf('auto', 'json', 'yaml', 'xml', 'plain'), 'auto').describe(
    'auto (by its type of content), json, yaml, xml or plain.',
  ),
  status: withDefault(flag(), false).describe('Answer the status.'),
  headers: withDefault(flag(), false).describe('Answer the headers.'),
  text: withDefault(flag(), false).describe('Answer the body as `text` too.'),
  cookies: optional(anyValue()).describe('Send the lasting cookies of `cookie_jar`, and keep there those that come.'),
  cookie_jar: optional(absolutePath()).describe('Their file; `cookies.txt` in the cache unless given.'),
  cookie_format: withDefault(oneOf('lwp', 'mozilla'), 'lwp').describe('Its format: lwp or mozilla (Netscape).'),
  persist_session: withDefault(flag(), false).describe('Send and keep the cookies of a session.'),
  session_cookie_jar: optional(absolutePath()).describe('Their file; `cookies.session.p` in the cache unless given.'),
  data_render: rendering.describe('Render the file of the body.'),
  data_renderer: optional(text()).describe('Renderers for it, e.g. `jinja`; those of the configuration unless given.'),
  header_render: rendering.describe('Render the file of the headers.'),
  header_renderer: optional(text()).describe('Renderers for it.'),
  template_dict: withDefault(dict(), new Map()).describe('Variables of the files that are rendered.'),
  test: withDefault(flag(), false).describe('Ask nothing, or `test_url` only, and answer that.'),
  test_url: optional(text()).describe('What is asked with `test`.'),
  backend: optional(text()).describe('Accepted for Salt; there is one way of asking here.'),
  ca_bundle: optional(text()).describe(
    'File of the authorities to trust; `ca_bundle` of the configuration unless given.',
  ),
  verify_ssl: optional(flag()).describe(
    '`False` takes any certificate; `verify_ssl` of the configuration unless given.',
  ),
  cert: optional(textList()).describe('Paths of the certificate to show and its key, or of one file with both.'),
  text_out: optional(text()).describe('File to write the body to.'),
  headers_out: optional(text()).describe('File to write the headers to.'),
  decode_out: optional(text()).describe('File to write a decoded body to.'),
  stream: withDefault(flag(), false).describe('The same as `handle`.'),
  handle: withDefault(flag(), false).describe('Answer status and headers as `handle`, and the body as it came.'),
  streaming_callback: noPython,
  header_callback: noPython,
  agent: withDefault(text(), 'Salt/3006 http.query()').describe('How the asker is named to the server.'),
  hide_fields: optional(anyValue()).describe('Accepted for Salt; nothing of a query is logged.'),
  raise_error: withDefault(flag(), true).describe('Answer an error for a status of 400 or more, rather than the page.'),
  formdata: withDefault(flag(), false).describe('Send the body as a file in a form.'),
  formdata_fieldname: optional(text()).describe('Name of the field that holds the file.'),
  formdata_filename: optional(text()).describe('Name of the file.'),
  timeout: withDefault(positive(), 60).describe('Seconds until all of the answer must be here.'),
  follow_redirects: withDefault(flag(), true).describe('Follow redirections.'),
};

/** What `http.query` was asked for. */
export type Query = z.infer<z.ZodObject<typeof queryArguments>>;

export const query = defineFunction({
  name: 'http.query',
  summary: 'Asks a web server and answers its body and what else was asked for, or an error.',
  args: z.object(queryArguments),
  ignoresOthers: true,
  examples: [
    "'*' http.query http://somelink.com/",
    "'*' http.query http://somelink.com/ method=POST data='<xml>somecontent</xml>'",
    "'*' http.query https://somelink.com/api decode=True decode_type=json status=True",
  ],
  run: (args, context) => ask(args, context),
});

async function ask(args: Query, context: FunctionContext): Promise<Plain> {
  const { test: isTest, test_url: testUrl } = args;
  if (args.formdata && args.formdata_fieldname === undefined)
    return { error: 'formdata_fieldname is required when formdata=True' };
  const given = await requestOf(args, context);
  if (isTest && testUrl === undefined) return {};
  const url = isTest && testUrl !== undefined ? addressOf(testUrl, undefined) : addressOf(args.url, args.params);
  const request = await withCookies(args, url, { request: given, context });
  const answer = await askServer(url, request, { seconds: args.timeout, signal: context.signal });
  const mark = isTest ? { test: true } : {};
  if (!('failure' in answer)) {
    await keepCookies(args, answer, context);
    return { ...mark, ...(await tellAnswer(args, answer, context)) };
  }
  return { ...mark, ...tellFailure(args, url, answer) };
}

function tellFailure(args: Query, url: URL, answer: NoAnswer): Record<string, Plain> {
  // Salt's number for a server that did not answer in time.
  if (answer.timedOut) return { status: 599, error: `HTTP 599: ${url.host}: ${answer.failure}` };
  const said = answer.saltWords ?? `${url.host}: ${answer.failure}`;
  if (!args.raise_error) return { body: null, ...(args.status ? { status: 599 } : {}) };
  if (answer.brokeOff === true) return { status: 599, error: `HTTP 599: ${said}` };
  return { ...(args.status ? { status: 0 } : {}), error: said };
}
