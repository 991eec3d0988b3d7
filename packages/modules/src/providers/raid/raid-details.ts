import type { ReadHost } from '../../kit/index.ts';

/** A device of an array. */
export interface RaidMember {
  readonly device: string;
  readonly major: string;
  readonly minor: string;
  readonly number: string;
  readonly raiddevice: string;
  readonly state: string;
}

/** What is known of an array: `raid_level`, `state` … and its members by number. */
export interface RaidDetails {
  readonly members: Readonly<Record<string, RaidMember>>;
  readonly facts: Readonly<Record<string, string>>;
}

/** What mdadm tells of an array. */
export async function readDetails(host: ReadHost, device: string): Promise<RaidDetails> {
  const { stdout } = await host.inspect({ command: ['mdadm', '--detail', device], timeout: 600_000 });
  const lines = stdout.split('\n').filter((line) => line.includes(' ') && !line.startsWith(device));
  const members = lines.filter((line) => !line.includes(':') && line.includes('/dev/')).map(readMember);
  const facts = lines.flatMap((line): [string, string][] => {
    const [label, value] = line.split(' : ');
    if (label === undefined || value === undefined) return [];
    return [[label.trim().toLowerCase().replaceAll(' ', '_'), value.trim()]];
  });
  return {
    members: Object.fromEntries(members.map((member) => [member.number, member])),
    facts: Object.fromEntries(facts),
  };
}

function readMember(line: string): RaidMember {
  const words = line.trim().split(/\s+/);
  const [number = '', major = '', minor = '', raiddevice = ''] = words;
  return { device: words.at(-1) ?? '', major, minor, number, raiddevice, state: words.slice(4, -1).join(' ') };
}
