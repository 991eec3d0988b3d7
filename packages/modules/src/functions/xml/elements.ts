import { z } from 'zod';
import { text } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { readXmlFile, withAttribute, withText, writeXmlFile } from '../../providers/xml/edit-xml.ts';
import { readXml, type XmlElement } from '../../providers/xml/xml-document.ts';
import { findXml } from '../../providers/xml/xml-path.ts';

const file = text().describe('Absolute path of the file.');
const element = text().describe("Path of the element, e.g. `.//element[@id='3']`.");

interface Found {
  readonly source: string;
  readonly found: XmlElement | undefined;
}

async function look({ host, log }: FunctionContext, path: string, query: string): Promise<Found> {
  const source = await readXmlFile(host, path);
  const found = findXml(readXml(source), query);
  if (found === undefined) log.error('no element matches', { element: query, file: path });
  return { source, found };
}

export const getValue = defineFunction({
  name: 'xml.get_value',
  summary: 'The text of an element of an XML file; false when there is no such element.',
  args: z.object({ file, element }),
  examples: ["'*' xml.get_value /path/to/test.xml .//element"],
  async run({ file: path, element: query }, context) {
    const { found } = await look(context, path, query);
    if (found === undefined) return false;
    return found.text === '' ? null : found.text;
  },
});

export const setValue = defineFunction({
  name: 'xml.set_value',
  summary: 'Sets the text of an element; answers whether there is one. All else stays as it is written.',
  args: z.object({ file, element, value: text().describe('The text.') }),
  examples: ["'*' xml.set_value /path/to/test.xml .//element 'new value'"],
  async run({ file: path, element: query, value }, context) {
    const { source, found } = await look(context, path, query);
    if (found !== undefined) await writeXmlFile(context.host, path, withText(source, found, value));
    return found !== undefined;
  },
});

export const getAttribute = defineFunction({
  name: 'xml.get_attribute',
  summary: 'The attributes of an element of an XML file; false when there is no such element.',
  args: z.object({ file, element }),
  examples: [`'*' xml.get_attribute /path/to/test.xml ".//element[@id='3']"`],
  async run({ file: path, element: query }, context) {
    const { found } = await look(context, path, query);
    return found === undefined ? false : Object.fromEntries(found.attributes);
  },
});

export const setAttribute = defineFunction({
  name: 'xml.set_attribute',
  summary: 'Sets an attribute of an element; answers whether there is one. All else stays as it is written.',
  args: z.object({
    file,
    element,
    key: text().describe('Name of the attribute.'),
    value: text().describe('Its value.'),
  }),
  examples: [`'*' xml.set_attribute /path/to/test.xml ".//element[@id='3']" editedby gal`],
  async run({ file: path, element: query, key, value }, context) {
    const { source, found } = await look(context, path, query);
    if (found !== undefined) await writeXmlFile(context.host, path, withAttribute(source, found, key, value));
    return found !== undefined;
  },
});
