import { compatibleSaltVersion, pythonStr } from '@brine/common';
import { defineGrain } from '../kit/define-grain.ts';
import { serverId } from './server-id.ts';

/** The Python that Salt 3006 brings along; trees ask for it to choose package names. */
const compatiblePython = [3, 10, 13, 'final', 0] as const;

export const minion = defineGrain({
  name: 'minion',
  summary: 'The minion itself, and the Salt whose behaviour it keeps.',
  grains: {
    saltversion: 'The version of Salt whose behaviour is kept.',
    saltversioninfo: 'Its parts, as numbers.',
    saltpath: 'Where this program is installed.',
    pythonversion: 'The version of Python that Salt brings along; none is installed.',
    pythonexecutable: 'The program this minion is run by.',
    master: 'The master of this minion.',
    server_id: 'A number made of the id, e.g. for MySQL replication.',
    append_domain: 'The option of this name, when it is set.',
  },
  collect: async ({ options }) => {
    const id = pythonStr(options.get('id') ?? '');
    const domain = options.get('append_domain');
    return {
      saltversion: compatibleSaltVersion,
      saltversioninfo: compatibleSaltVersion.split('.').map(Number),
      saltpath: new URL('..', import.meta.url).pathname.replace(/\/$/, ''),
      pythonversion: [...compatiblePython],
      pythonexecutable: process.execPath,
      master: options.get('master') ?? '',
      server_id: checksumId(options.get('server_id_use_crc') ?? false, id) ?? serverId(id),
      append_domain: domain,
    };
  },
});

// Salt's `server_id_use_crc` names a function of Python's zlib.
function checksumId(wanted: unknown, id: string): number | undefined {
  if (wanted === false || wanted === null || wanted === '') return undefined;
  const bytes = new TextEncoder().encode(id);
  return wanted === 'crc32' ? crc32(bytes) : adler32(bytes);
}

function crc32(bytes: Uint8Array): number {
  let sum = 0xffff_ffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb8_8320 : 0);
  }
  return (sum ^ 0xffff_ffff) >>> 0;
}

function adler32(bytes: Uint8Array): number {
  let [low, high] = [1, 0];
  for (const byte of bytes) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  return ((high << 16) | low) >>> 0;
}
