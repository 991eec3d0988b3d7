import { isIP } from 'node:net';
import { AppError, pythonStr, type Dict, type Value } from '@brine/common';

const modes = ['balance-rr', 'active-backup', 'balance-xor', 'broadcast', '802.3ad', 'balance-tlb', 'balance-alb'];

/** How a setting is read: what it is unless given (left out without that), and the value it gives, if it is one. */
interface Option {
  readonly usual?: string;
  readonly expected: string;
  readonly read: (value: Value) => string | undefined;
}

const switches: Readonly<Record<string, string>> = { on: '1', yes: '1', true: '1', off: '0', no: '0', false: '0' };
const rates: Readonly<Record<string, string>> = { fast: '1', slow: '0' };

function number(usual: string, words: Readonly<Record<string, string>> = {}): Option {
  const read = (value: Value): string | undefined => {
    const text = words[pythonStr(value)] ?? pythonStr(value);
    return /^\d+$/.test(text) ? text : undefined;
  };
  return { usual, expected: ['integer', ...Object.keys(words)].join('|'), read };
}

function matching(pattern: RegExp, expected: string, usual?: string): Option {
  const read = (value: Value): string | undefined => {
    const text = pythonStr(value);
    return pattern.test(text) ? text : undefined;
  };
  return { expected, read, ...(usual === undefined ? {} : { usual }) };
}

const options: Readonly<Record<string, Option>> = {
  miimon: number('100'),
  downdelay: number('200'),
  updelay: number('0'),
  arp_interval: number('250'),
  ad_select: number('0'),
  lacp_rate: number('0', rates),
  primary: matching(/^[\w.:][\w.:-]{0,14}$/, 'name of an interface'),
  'hashing-algorithm': matching(/^layer(?:2|2\+3|3\+4)$/, 'layer2|layer2+3|layer3+4'),
  use_carrier: {
    usual: 'on',
    expected: 'yes|on|true|1|no|off|false|0',
    read: (value) => {
      const text = pythonStr(value).toLowerCase();
      return switches[text] ?? (/^[01]$/.test(text) ? text : undefined);
    },
  },
  arp_ip_target: {
    // Not to be left out: nothing is one.
    usual: '',
    expected: 'list of ips (up to 16)',
    read: (value) => {
      const texts = Array.isArray(value) ? value.map((each) => pythonStr(each)) : [];
      const isFine = texts.length >= 1 && texts.length <= 16 && texts.every((each) => isIP(each) !== 0);
      return isFine ? texts.join(',') : undefined;
    },
  },
};

const delays = ['miimon', 'downdelay', 'updelay'];
const optionsOfMode: readonly (readonly string[])[] = [
  ['arp_ip_target', 'arp_interval'],
  [...delays, 'primary', 'use_carrier'],
  ['arp_ip_target', 'arp_interval', 'hashing-algorithm'],
  [...delays, 'use_carrier'],
  [...delays, 'lacp_rate', 'ad_select', 'use_carrier', 'hashing-algorithm'],
  [...delays, 'use_carrier', 'primary'],
  [...delays, 'use_carrier', 'primary'],
];

/**
 * The options of the kernel's module `bonding` for a bond, in order. Throws `state-failed` for a setting that is missing
 * or cannot be such.
 */
export function bondOptions(iface: string, settings: Dict): ReadonlyMap<string, string> {
  const wanted = pythonStr(settings.get('mode') ?? '');
  const mode = modes.includes(wanted) ? modes.indexOf(wanted) : Number(/^[0-6]$/.exec(wanted)?.[0] ?? -1);
  const names = optionsOfMode[mode];
  if (names === undefined) throw invalid(iface, 'mode', [0, 1, 2, 3, 4, 5, 6, ...modes].join('|'));
  const read = names.flatMap((name): readonly (readonly [string, string])[] => {
    const value = readOption(iface, name, settings);
    return value === undefined ? [] : [[name === 'hashing-algorithm' ? 'xmit_hash_policy' : name, value]];
  });
  return new Map([['mode', String(mode)], ...read]);
}

function readOption(iface: string, name: string, settings: Dict): string | undefined {
  const option = options[name];
  const given = settings.get(name) ?? option?.usual;
  if (option === undefined || given === undefined) return undefined;
  const value = option.read(given);
  if (value === undefined) throw invalid(iface, name, option.expected);
  return value;
}

function invalid(iface: string, option: string, expected: string): AppError {
  const message = `Invalid option -- Interface: ${iface}, Option: ${option}, Expected: [${expected}]`;
  return new AppError({ code: 'state-failed', message });
}
