import { AppError, Float, type Value } from '@brine/common';
import { readXml, type XmlElement } from '../xml/xml-document.ts';

/** Reads a property list of Apple in XML. Throws `text-serialize` for what is none, a date, or the binary form. */
export function readPlist(bytes: Uint8Array): Value {
  const text = Buffer.from(bytes).toString('utf8');
  if (text.startsWith('bplist')) throw broken('the binary form is not read');
  const root = readXml(text);
  const [value, ...more] = root.children;
  if (root.tag !== 'plist' || value === undefined || more.length > 0) throw broken('a plist has one value');
  return toValue(value);
}

function broken(what: string): AppError {
  return new AppError({ code: 'text-serialize', message: `not a property list: ${what}` });
}

function toValue(element: XmlElement): Value {
  const { tag, text, children } = element;
  switch (tag) {
    case 'string':
      return text;
    case 'true':
    case 'false':
      return tag === 'true';
    case 'integer':
      return toInteger(text.trim());
    case 'real':
      return new Float(Number(text));
    case 'data':
      return new Uint8Array(Buffer.from(text.replace(/\s/g, ''), 'base64'));
    case 'array':
      return children.map(toValue);
    case 'dict':
      return toDict(children);
    default:
      throw broken(`${tag} has no value here`);
  }
}

function toInteger(text: string): Value {
  if (!/^[-+]?(?:\d+|0x[0-9a-f]+)$/i.test(text)) throw broken(`${text} is no whole number`);
  const value = text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text.replace('+', ''));
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function toDict(children: readonly XmlElement[]): Value {
  const members = new Map<Value, Value>();
  for (let index = 0; index < children.length; index += 2) {
    const [key, value] = [children[index], children[index + 1]];
    if (key?.tag !== 'key' || value === undefined) throw broken('a dict has keys with a value each');
    members.set(key.text, toValue(value));
  }
  return members;
}
