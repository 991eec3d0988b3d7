import { describeState } from '@brine/testkit';
import { valuePresent } from './value-present.ts';

const before = { files: { '/a.xml': "<plays><!-- c --><playwright id='1'>Bill</playwright><none/></plays>\n" } };

describeState(valuePresent, [
  {
    title: 'sets the text of an element and leaves all else as it is written',
    before,
    arguments: { name: '/a.xml', xpath: ".//playwright[@id='1']", value: 'William' },
    pending: { comment: '/a.xml will be updated', changes: { '/a.xml': { old: 'Bill', new: 'William' } } },
    applied: { comment: '/a.xml updated' },
    after: { '/a.xml': "<plays><!-- c --><playwright id='1'>William</playwright><none/></plays>\n" },
  },
  {
    title: 'takes numbers as text',
    before: { files: { '/a.xml': '<a><port>8080</port></a>' } },
    arguments: { name: '/a.xml', xpath: 'port', value: 8080 },
    ok: '8080 is already present',
  },
  {
    title: 'makes no element',
    before,
    arguments: { name: '/a.xml', xpath: 'none', value: 'x' },
    fails: 'xpath query none not found in /a.xml',
  },
  {
    title: 'says that a file is no XML',
    before: { files: { '/a.xml': '<a>\n<b>' } },
    arguments: { name: '/a.xml', xpath: 'b', value: 'x' },
    fails: 'no element found: line 2, column 3',
  },
]);
