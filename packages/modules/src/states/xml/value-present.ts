import { z } from 'zod';
import { defineState, fails, isOk, text, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { orFailure } from '../../providers/or-failure.ts';
import { readXmlFile, withText, writeXmlFile } from '../../providers/xml/edit-xml.ts';
import { readXml } from '../../providers/xml/xml-document.ts';
import { findXml } from '../../providers/xml/xml-path.ts';

/** `xml.value_present` */
export const valuePresent = defineState({
  name: 'xml.value_present',
  summary: 'Keeps the text of an element of an XML file that is there and has one.',
  args: z.object({
    name: text().describe('Absolute path of the file.'),
    xpath: text().describe("Path of the element, e.g. .//playwright[@id='1']."),
    value: text().describe('Its text.'),
  }),
  examples: [
    `/tmp/test.xml:
  xml.value_present:
    - xpath: .//playwright[@id='1']
    - value: William Shakespeare`,
  ],
  acceptsUnknown: true,
  check: ({ name, xpath, value }, { host }) =>
    orFailure(async () => {
      const source = await readXmlFile(host, name);
      const element = findXml(readXml(source), xpath);
      if (element === undefined || element.text === '') return fails(`xpath query ${xpath} not found in ${name}`);
      if (element.text === value) return isOk(`${value} is already present`);
      const changes = { [name]: { old: element.text, new: value } };
      return willChange({ comment: `${name} will be updated`, changes }, (machine) =>
        attempt('', async () => {
          await writeXmlFile(machine, name, withText(source, element, value));
          return { comment: `${name} updated`, changes };
        }),
      );
    }),
});
