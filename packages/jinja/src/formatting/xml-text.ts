import { fault } from '../template-fault.ts';
import { isNumeric } from '../values/numbers.ts';
import { toText } from '../values/python-text.ts';
import { Tuple, type RuntimeDict, type RuntimeValue } from '../values/runtime-value.ts';

interface Element {
  readonly tag: string;
  readonly attributes: Map<string, string>;
  text: string;
  readonly children: Element[];
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function isNested(value: RuntimeValue): boolean {
  return value instanceof Map || Array.isArray(value);
}

function entriesOf(value: RuntimeValue): readonly (readonly [RuntimeValue, RuntimeValue])[] {
  if (value instanceof Map) return [...value];
  if (Array.isArray(value) || value instanceof Tuple) {
    const items = value instanceof Tuple ? value.items : value;
    return items.filter((item) => Array.isArray(item) || item instanceof Tuple).map(toPair);
  }
  throw fault('Value is not a dict or list. Cannot render as XML');
}

function toPair(item: RuntimeValue): readonly [RuntimeValue, RuntimeValue] {
  const [key = null, value = null] = item instanceof Tuple ? item.items : (item as RuntimeValue[]);
  return [key, value];
}

/** Adds what a tag stands for below a parent; a list gives one element a member. */
function build(tag: RuntimeValue, value: RuntimeValue, parent: Element | undefined): Element | undefined {
  if (Array.isArray(value)) {
    let last: Element | undefined;
    for (const item of value) last = build(tag, item, parent);
    return last;
  }
  const element: Element = { tag: toText(tag), attributes: new Map(), text: '', children: [] };
  parent?.children.push(element);
  if (typeof value === 'string' || isNumeric(value)) element.text = toText(value);
  else fill(element, value);
  return element;
}

function fill(element: Element, value: RuntimeValue): void {
  if (value instanceof Map) setAttributes(element, value);
  for (const [key, item] of entriesOf(value)) if (isNested(item)) build(key, item, element);
}

function setAttributes(element: Element, dict: RuntimeDict): void {
  for (const [key, item] of dict) if (!isNested(item)) element.attributes.set(toText(key), toText(item));
}

function write(element: Element, indent: string): string {
  const attributes = Array.from(
    element.attributes,
    ([name, text]) => ` ${name}="${escape(text).replaceAll('"', '&quot;')}"`,
  );
  const start = `${indent}<${element.tag}${attributes.join('')}`;
  if (element.text !== '') return `${start}>${escape(element.text)}</${element.tag}>\n`;
  if (element.children.length === 0) return `${start}/>\n`;
  const children = element.children.map((child) => write(child, `${indent} `));
  return `${start}>\n${children.join('')}${indent}</${element.tag}>\n`;
}

/** Data as XML, as Salt's `xml` filter writes it: plain members are attributes, dicts and lists elements. */
export function toXml(value: RuntimeValue): string {
  let root: Element | undefined;
  for (const [tag, content] of entriesOf(value)) root = build(tag, content, root) ?? root;
  if (root === undefined) throw fault('Value is not a dict or list. Cannot render as XML');
  return `<?xml version="1.0" ?>\n${write(root, '')}`;
}
