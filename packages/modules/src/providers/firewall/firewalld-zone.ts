import type { Plain } from '@brine/common';
import type { ReadHost } from '../../kit/index.ts';
import { askFirewalld } from './firewalld.ts';

/** A kind of members that a zone has. */
export interface MemberKind {
  /** Its name in changes. */
  readonly key: string;
  /** What lists them: an option of `firewall-cmd`. */
  readonly list: string;
  readonly separator: RegExp;
  /** The options that add and remove a member, and the member in their spelling. */
  readonly add: (member: string) => string;
  readonly remove: (member: string) => string;
  /** A member in the spelling of the lists. */
  readonly normalize: (member: string) => string;
  /** A member as changes show it. */
  readonly show: (member: string) => Plain;
}

const words = /\s+/;
const lines = /\n/;

function kind(key: string, noun: string, more: Partial<MemberKind> = {}): MemberKind {
  return {
    key,
    list: `--list-${noun}s`,
    separator: words,
    add: (member) => `--add-${noun}=${member}`,
    remove: (member) => `--remove-${noun}=${member}`,
    normalize: (member) => member,
    show: (member) => member,
    ...more,
  };
}

// An argument of the state to what it is to firewall-cmd.
export const memberKinds = {
  block_icmp: kind('icmp_types', 'icmp-block'),
  ports: kind('ports', 'port'),
  port_fwd: kind('port_fwd', 'forward-port', { separator: lines, normalize: toForward, show: showForward }),
  services: kind('services', 'service'),
  interfaces: kind('interfaces', 'interface', { add: (name) => `--change-interface=${name}` }),
  sources: kind('sources', 'source'),
  rich_rules: kind('rich_rules', 'rich-rule', { separator: lines, normalize: quoteAttributes }),
} as const;

/** What a zone has and is to have of one kind. */
export interface MemberChange {
  readonly steps: readonly string[];
  readonly changes: Record<string, Plain>;
}

/** The members of a zone that is there. Throws `state-failed`. */
export async function listMembers(
  host: ReadHost,
  zone: string,
  { list, separator }: MemberKind,
): Promise<readonly string[]> {
  const text = await askFirewalld(host, [`--zone=${zone}`, list]);
  return text
    .split(separator)
    .map((member) => member.trim())
    .filter((member) => member !== '');
}

/** What has to happen to members; none of what is there is lost unless `prune` says so. */
export function compareMembers(
  kind: MemberKind,
  there: readonly string[],
  { wanted, prune }: { readonly wanted: readonly string[]; readonly prune: boolean },
): MemberChange {
  const asked = [...new Set(wanted.map(kind.normalize))];
  const added = asked.filter((member) => !there.includes(member));
  const removed = prune ? there.filter((member) => !asked.includes(member)) : [];
  if (added.length === 0 && removed.length === 0) return { steps: [], changes: {} };
  const after = prune ? asked : [...there, ...added];
  return {
    steps: [...added.map(kind.add), ...removed.map(kind.remove)],
    changes: { [kind.key]: { old: there.map(kind.show), new: after.map(kind.show) } },
  };
}

/** `from:to:protocol[:address]` in the spelling of firewall-cmd; one that is in it stays. */
function toForward(text: string): string {
  if (text.startsWith('port=')) return text;
  const [from = '', to = '', protocol = '', ...address] = text.split(':');
  return `port=${from}:proto=${protocol}:toport=${to}:toaddr=${address.join(':')}`;
}

function showForward(text: string): Plain {
  const part = (name: string): string => new RegExp(`(?:^|:)${name}=([^:]*)`).exec(text)?.[1] ?? '';
  return {
    'Source port': part('port'),
    'Destination port': part('toport'),
    Protocol: part('proto'),
    'Destination address': text.split(':toaddr=')[1] ?? '',
  };
}

/** Attributes in double quotes, as firewall-cmd lists them. */
function quoteAttributes(rule: string): string {
  return rule
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/^([^=]+)=["']?(.*?)["']?$/, '$1="$2"'))
    .join(' ');
}
