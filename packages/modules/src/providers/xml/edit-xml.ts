import { AppError } from '@brine/common';
import type { Host, ReadHost } from '../../kit/index.ts';
import type { XmlElement } from './xml-document.ts';

/** The text of an XML file. Throws `state-failed` when there is none. */
export async function readXmlFile(host: ReadHost, path: string): Promise<string> {
  const content = path.startsWith('/') ? await host.files.read(path) : undefined;
  if (content === undefined) throw new AppError({ code: 'state-failed', message: `${path}: file not found` });
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch (cause) {
    throw new AppError({ code: 'state-failed', message: `${path} is not a text of UTF-8`, cause });
  }
}

/** Writes a file with a new text; owner and mode stay. */
export async function writeXmlFile(machine: Host, path: string, text: string): Promise<void> {
  await machine.files.write(path, Buffer.from(text));
}

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** The source with another text in an element; everything else stays as it is written. */
export function withText(source: string, element: XmlElement, text: string): string {
  const { startTag, textSpan, isEmptyTag } = element;
  if (!isEmptyTag) return source.slice(0, textSpan.from) + escape(text) + source.slice(textSpan.to);
  const start = source.slice(startTag.from, startTag.to).replace(/\s*\/>$/, '>');
  const [, name = ''] = /^<([^\s/>]+)/.exec(start) ?? [];
  return `${source.slice(0, startTag.from)}${start}${escape(text)}</${name}>${source.slice(startTag.to)}`;
}

/** The source with another value of an attribute, or with one more. */
export function withAttribute(source: string, element: XmlElement, key: string, value: string): string {
  if (!/^[^\s/>=<"'&{}]+$/.test(key))
    throw new AppError({ code: 'state-failed', message: `${key} cannot be the name of an attribute` });
  const { from, to } = element.startTag;
  const start = source.slice(from, to);
  const written = `${key}="${escape(value).replaceAll('"', '&quot;').replaceAll('\n', '&#10;')}"`;
  const parts = /^(<[^\s/>]+)((?:\s+[^\s/>=]+\s*=\s*(?:"[^"]*"|'[^']*'))*)(\s*\/?>)$/.exec(start);
  if (parts === null) throw new AppError({ code: 'state-failed', message: 'the element is written in an unknown way' });
  const [, name = '', attributes = '', end = ''] = parts;
  const pairs = attributes.match(/\s+[^\s/>=]+\s*=\s*(?:"[^"]*"|'[^']*')/g) ?? [];
  const isMeant = (pair: string): boolean => pair.trim().split('=')[0]?.trim() === key;
  const kept = pairs.map((pair) => (isMeant(pair) ? (/^\s+/.exec(pair)?.[0] ?? ' ') + written : pair)).join('');
  const more = pairs.some(isMeant) ? '' : ` ${written}`;
  return `${source.slice(0, from)}${name}${kept}${more}${end}${source.slice(to)}`;
}
