import { isAppError, loadJson, loadYaml, type Plain, type Value } from '@brine/common';
import type { FunctionContext } from '../../kit/context.ts';
import type { ServerAnswer } from '../../providers/http/ask-server.ts';
import { readXml, type XmlElement } from '../../providers/xml/xml-document.ts';
import { writeText } from '../text-file.ts';
import type { Query } from './query.ts';

/** What `http.query` answers, after the files that are asked for were written. */
export async function tellAnswer(
  args: Query,
  answer: ServerAnswer,
  { host }: FunctionContext,
): Promise<Record<string, Plain>> {
  const { body, status } = answer;
  if (args.raise_error && status >= 400) return { status, error: `HTTP ${status}: ${answer.statusText}` };
  const headers = Object.fromEntries([...answer.headers].map(([name, value]) => [shownName(name), value]));
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\n`);
  if (isHandedOver(args)) return { handle: { status, reason: answer.statusText, headers }, body };
  await writeFiles(args, { body, lines }, host);
  return {
    body,
    ...(args.status ? { status } : {}),
    ...(args.headers ? { headers } : {}),
    ...(args.text ? { text: body } : {}),
    ...(args.decode ? decodeBody(args.decode_type, answer) : {}),
  };
}

function isHandedOver({ handle, stream }: Query): boolean {
  return handle || stream;
}

async function writeFiles(
  args: Query,
  { body, lines }: { readonly body: string; readonly lines: readonly string[] },
  host: FunctionContext['host'],
): Promise<void> {
  if (args.text_out !== undefined) await writeText(host, args.text_out, body);
  if (args.headers_out !== undefined) await writeText(host, args.headers_out, lines.join(''));
  if (args.decode && args.decode_out !== undefined) await writeText(host, args.decode_out, body);
}

// `content-type` as servers write it.
function shownName(name: string): string {
  return name.replace(/(?:^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

function decodeBody(
  wanted: Query['decode_type'],
  { headers, body }: ServerAnswer,
): { readonly dict?: Value; readonly text?: string; readonly error?: string } {
  const contentType = headers.get('content-type') ?? 'application/json';
  const type = wanted === 'auto' ? (/xml|json|yaml/.exec(contentType)?.[0] ?? 'plain') : wanted;
  try {
    if (type === 'json') return { dict: loadJson(body) };
    if (type === 'yaml') return { dict: loadYaml(body).value };
    return type === 'xml' ? { dict: readXml(body).children.map(describeElement) } : { text: body };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { error: `the answer is no ${type.toUpperCase()}: ${error.message}` };
  }
}

// As Salt shapes XML: an element without others in it is its text by its name, any other its members by name; of those
// of one name there is a list, whose first is not named again.
function describeElement(element: XmlElement): Value {
  if (element.children.length === 0) return new Map([[nameOf(element), textOf(element)]]);
  const members = new Map<Value, Value>();
  for (const child of element.children) {
    const name = nameOf(child);
    const before = members.get(name);
    if (before === undefined) members.set(name, child.children.length === 0 ? textOf(child) : describeElement(child));
    else members.set(name, [...(Array.isArray(before) ? before : [before]), describeElement(child)]);
  }
  return members;
}

function nameOf({ tag }: XmlElement): string {
  return tag.replace(/^\{.*\}/, '');
}

function textOf({ text }: XmlElement): string | null {
  return text === '' ? null : text;
}
