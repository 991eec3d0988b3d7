import { pythonStr, type Dict, type Value } from '@brine/common';

// What a step has beside the options of a rule.
const noOptions = new Set(['name', 'state', 'fun', 'chain', 'save', 'save_filename', 'table', 'family', 'position']);

interface Option {
  readonly keys: readonly string[];
  readonly write: (value: string, protocol: string) => string;
}

const ports = (value: string): string => value.replaceAll(':', '-');
const falling = (value: string): string =>
  value
    .split(',')
    .map((port) => port.trim())
    .toSorted((a, b) => Number(b) - Number(a))
    .join(', ');

// In the order Salt writes them.
const options: readonly Option[] = [
  { keys: ['if'], write: (value) => `meta iifname ${value}` },
  { keys: ['of'], write: (value) => `meta oifname ${value}` },
  { keys: ['connstate'], write: (value) => `ct state { ${value} }` },
  { keys: ['icmp-type'], write: (value) => `icmp type { ${value} }` },
  { keys: ['pkttype'], write: (value) => `meta pkttype { ${value} }` },
  { keys: ['counter'], write: () => 'counter' },
  { keys: ['saddr', 'source'], write: (value) => `ip saddr ${value}` },
  { keys: ['daddr', 'destination'], write: (value) => `ip daddr ${value}` },
  { keys: ['dport'], write: (value, protocol) => `${protocol} dport { ${ports(value)} }` },
  { keys: ['sport'], write: (value, protocol) => `${protocol} sport { ${ports(value)} }` },
  { keys: ['dports'], write: (value, protocol) => `${protocol} dport { ${falling(value)} }` },
  { keys: ['sports'], write: (value, protocol) => `${protocol} sport { ${falling(value)} }` },
  { keys: ['jump', 'target', 'j'], write: (value) => value },
  { keys: ['redirect-to', 'to-port'], write: (value) => `redirect to ${value}` },
  { keys: ['to-ports'], write: (value) => `--to-ports ${value}` },
  { keys: ['to-source'], write: (value) => value },
  { keys: ['to-destination'], write: (value) => value },
  { keys: ['reject-with'], write: (value) => `reject with ${value}` },
];

/** Writes a rule of nftables from its options, as Salt does; answers what is wrong as an error. */
export function writeNftRule(given: Dict): { readonly rule: string } | { readonly wrong: string } {
  const left = new Map<string, string>();
  for (const [key, value] of given) if (!noOptions.has(pythonStr(key))) left.set(pythonStr(key), textOf(value));
  const bad = [...left].find(([, value]) => /[\n\r\0;{}#]/.test(value));
  if (bad !== undefined) return { wrong: `The value of ${bad[0]} would be more than a part of a rule: ${bad[1]}` };
  const protocol = left.get('proto') ?? left.get('protocol') ?? 'tcp';
  left.delete('proto');
  left.delete('protocol');
  const parts = options.flatMap(({ keys, write }) => {
    const key = keys.find((one) => left.has(one));
    if (key === undefined) return [];
    const value = left.get(key) ?? '';
    left.delete(key);
    return [write(value, protocol)];
  });
  const [unknown] = left.keys();
  if (unknown !== undefined) return { wrong: `${unknown} is no option of a rule of nftables` };
  return { rule: parts.join(' ') };
}

function textOf(value: Value): string {
  return Array.isArray(value) ? value.map(pythonStr).join(', ') : pythonStr(value);
}
