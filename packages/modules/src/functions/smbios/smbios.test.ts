import { toPlain, type Plain } from '@brine/common';
import { createFakeHost } from '@brine/testkit';
import { expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';

const dump = `# dmidecode 3.4
Getting SMBIOS data from sysfs.

Handle 0x0000, DMI type 0, 24 bytes
BIOS Information
\tVendor: SeaBIOS
\tRelease Date: 04/01/2014
\tCharacteristics:
\t\tBIOS characteristics not supported
\t\tTargeted content distribution is supported

Handle 0x0100, DMI type 1, 27 bytes
System Information
\tManufacturer: QEMU
\tSerial Number: 0000000
\tUUID: 2f0b9a44-5f1c-4b8a-9d7e-0123456789ab
\tSKU Number: Not Specified

Handle 0x0400, DMI type 4, 42 bytes
Processor Information
\tCore Count: 2
\tFlags: a, b

Handle 0x7F00, DMI type 127, 4 bytes
End Of Table
`;
const texts: Readonly<Record<string, string>> = {
  'system-uuid': '2f0b9a44-5f1c-4b8a-9d7e-0123456789ab\n',
  'system-serial-number': '# a remark\nNot Specified\n',
};

async function call(name: string, positional: readonly Plain[], keyword: Readonly<Record<string, Plain>> = {}) {
  const host = createFakeHost({
    programs: { dmidecode: ([option, word = '']) => (option === '-s' ? (texts[word] ?? '') : dump) },
  });
  return toPlain((await callScratch(`smbios.${name}`, { host, positional, keyword })).value);
}

it('tells one text, unless it says nothing', async () => {
  expect(await call('get', ['system-uuid'])).toBe('2f0b9a44-5f1c-4b8a-9d7e-0123456789ab');
  expect(await call('get', ['system-serial-number'])).toBe(null);
  expect(await call('get', ['system-serial-number'], { clean: false })).toBe('Not Specified');
  await expect(call('get', ['--dump'])).rejects.toThrow('must be a keyword of dmidecode');
});

it('reads records, without what is no true value', async () => {
  expect(await call('records', [])).toEqual([
    {
      ...{ handle: '0x0000', description: 'BIOS Information', type: 0 },
      data: {
        vendor: 'SeaBIOS',
        release_date: '04/01/2014',
        characteristics: ['BIOS characteristics not supported', 'Targeted content distribution is supported'],
      },
    },
    {
      ...{ handle: '0x0100', description: 'System Information', type: 1 },
      data: { manufacturer: 'QEMU', uuid: '2f0b9a44-5f1c-4b8a-9d7e-0123456789ab' },
    },
    {
      ...{ handle: '0x0400', description: 'Processor Information', type: 4 },
      data: { core_count: 2, flags: ['a', 'b'] },
    },
  ]);
  expect(await call('records', [4, 'core_count'])).toEqual([
    { handle: '0x0400', description: 'Processor Information', type: 4, data: { core_count: 2 } },
  ]);
  expect(await call('records', [], { clean: false })).toMatchObject([
    {},
    { data: { serial_number: '0000000', sku_number: 'Not Specified' } },
    {},
    { handle: '0x7F00', description: 'End Of Table', type: 127 },
  ]);
});
