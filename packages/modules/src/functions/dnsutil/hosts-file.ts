import { z } from 'zod';
import { commaList, lineText, optional, text, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { readText, writeText } from '../text-file.ts';

const hostsfile = withDefault(text(), '/etc/hosts').describe('The file.');
const entries = commaList().describe('Names of hosts.');

export const parseHosts = defineFunction({
  name: 'dnsutil.parse_hosts',
  summary: 'What a hosts file says: address → names.',
  args: z.object({ hostsfile, hosts: optional(text()).describe('The text of such a file, instead.') }),
  examples: ["'*' dnsutil.parse_hosts"],
  async run({ hostsfile: path, hosts }, { host }) {
    const content = hosts ?? (await readText(host, path));
    return content === undefined ? 'Error: hosts data was not found' : Object.fromEntries(readHosts(content));
  },
});

export const hostsAppend = defineFunction({
  name: 'dnsutil.hosts_append',
  summary: 'Adds a line with an address and names to a hosts file, and tells the line.',
  args: z.object({
    hostsfile,
    ip_addr: lineText()
      .refine((value) => /^[\w.:%]+$/.test(value), 'must be an address')
      .describe('The address.'),
    entries,
  }),
  examples: ["'*' dnsutil.hosts_append /etc/hosts 127.0.0.1 ad1.yuk.co,ad2.yuk.co"],
  async run({ hostsfile: path, ip_addr: address, entries: names }, { host }) {
    const content = await readText(host, path);
    if (content === undefined) throw failure(`${path} was not found.`);
    if (names.some((name) => /[\s#]/.test(name))) throw failure('Names of hosts have no blanks.');
    const known = readHosts(content).get(address) ?? [];
    const added = names.filter((name) => !known.includes(name));
    if (added.length === 0) return `No additional hosts were added to ${path}`;
    const line = `${address} ${added.join(' ')}`;
    await writeText(host, path, `${content}${content === '' || content.endsWith('\n') ? '' : '\n'}${line}\n`);
    return `The following line was added to ${path}:\n${line}`;
  },
});

export const hostsRemove = defineFunction({
  name: 'dnsutil.hosts_remove',
  summary: 'Takes names off a hosts file, and lines that have none left.',
  args: z.object({ hostsfile, entries }),
  examples: ["'*' dnsutil.hosts_remove /etc/hosts ad1.yuk.co,ad2.yuk.co"],
  async run({ hostsfile: path, entries: names }, { host }) {
    const content = await readText(host, path);
    if (content === undefined) throw failure(`${path} was not found.`);
    const lines = content.split('\n').flatMap((line) => {
      if (line.trim() === '' || line.trim().startsWith('#')) return [line];
      const [address = '', ...known] = line.trim().split(/\s+/);
      if (!known.some((name) => names.includes(name))) return [line];
      const kept = known.filter((name) => !names.includes(name));
      return kept.length === 0 ? [] : [[address, ...kept].join(' ')];
    });
    await writeText(host, path, lines.join('\n'));
    return null;
  },
});

function readHosts(content: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const line of content.split('\n').filter((one) => one.trim() !== '' && !one.startsWith('#'))) {
    const [address = '', ...names] = line.trim().split(/\s+/);
    found.set(address, [...(found.get(address) ?? []), ...names]);
  }
  return found;
}
