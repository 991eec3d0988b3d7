import { isDict, toValue, type Dict, type Value } from '@brine/common';
import { z } from 'zod';
import { optional, text, textList } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { readHosts, removeName, setComment as withComment, type HostsLine } from '../../providers/hosts/hosts-text.ts';
import { readText, writeText } from '../text-file.ts';

const ip = text().describe('The address.');
const alias = text().describe('The name.');

export const listHosts = defineFunction({
  name: 'hosts.list_hosts',
  summary: 'The addresses of the hosts file and their names.',
  args: z.object({}),
  examples: ["'*' hosts.list_hosts"],
  run: async (_args, context) => listed(await load(context)),
});

export const getIp = defineFunction({
  name: 'hosts.get_ip',
  summary: 'The address of a name in the hosts file; an empty text when it has none.',
  args: z.object({ host: alias }),
  examples: ["'*' hosts.get_ip db1"],
  run: async ({ host: name }, context) =>
    (await load(context)).find((line) => line.names.includes(name))?.address ?? '',
});

export const getAlias = defineFunction({
  name: 'hosts.get_alias',
  summary: 'The names of an address in the hosts file.',
  args: z.object({ ip }),
  examples: ["'*' hosts.get_alias 10.0.0.5"],
  run: async ({ ip: address }, context) => [...namesOf(await load(context), address)],
});

export const hasPair = defineFunction({
  name: 'hosts.has_pair',
  summary: 'Whether the hosts file gives names to an address.',
  args: z.object({ ip, alias: textList().describe('The name, or a list of names.') }),
  examples: ["'*' hosts.has_pair 10.0.0.5 db1"],
  async run({ ip: address, alias: names }, context) {
    const known = namesOf(await load(context), address);
    return names.every((name) => known.includes(name));
  },
});

export const setHost = defineFunction({
  name: 'hosts.set_host',
  summary: 'Gives an address one line with the given names alone.',
  args: z.object({ ip, alias, comment: optional(text()).describe('A comment for the line.') }),
  examples: ["'*' hosts.set_host 10.0.0.5 db1"],
  async run({ ip: address, alias: name, comment }, context) {
    const lines = await load(context);
    const index = lines.findIndex((line) => line.address === address);
    const others = lines.filter((line) => line.address !== address);
    const names = name.split(/\s+/).filter((each) => each !== '');
    const added: HostsLine = { raw: '', address, names, ...(comment === undefined ? {} : { comment }) };
    const place = index < 0 ? others.length : index;
    await store(context, names.length === 0 ? others : others.toSpliced(place, 0, added));
    return true;
  },
});

export const setComment = defineFunction({
  name: 'hosts.set_comment',
  summary: 'Puts a comment on the line of an address; false when it has none.',
  args: z.object({ ip, comment: text().describe('The comment.') }),
  examples: ["'*' hosts.set_comment 10.0.0.5 'the database'"],
  async run({ ip: address, comment }, context) {
    const lines = await load(context);
    const found = lines.filter((line) => line.address === address);
    if (found.length === 0) return false;
    if (found.some((line) => line.comment !== comment)) await store(context, withComment(lines, address, comment));
    return true;
  },
});

export const addHost = defineFunction({
  name: 'hosts.add_host',
  summary: 'Gives an address one more name.',
  args: z.object({ ip, alias }),
  examples: ["'*' hosts.add_host 10.0.0.5 db1"],
  async run({ ip: address, alias: name }, context) {
    const lines = await load(context);
    if (namesOf(lines, address).includes(name)) return true;
    const index = lines.findLastIndex((line) => line.address === address);
    const found = lines[index];
    const changed =
      found === undefined
        ? [...lines, { raw: '', address, names: [name] }]
        : lines.with(index, { ...found, names: [...found.names, name] });
    await store(context, changed);
    return true;
  },
});

export const rmHost = defineFunction({
  name: 'hosts.rm_host',
  summary: 'Takes a name off an address.',
  args: z.object({ ip, alias }),
  examples: ["'*' hosts.rm_host 10.0.0.5 db1"],
  async run({ ip: address, alias: name }, context) {
    await store(context, removeName(await load(context), address, name));
    return true;
  },
});

function hostsPath({ options, grains, pillar }: FunctionContext): string {
  const found = [options, grains, pillar].map((source) => source.get('hosts.file')).find((each) => each !== undefined);
  return typeof found === 'string' ? found : '/etc/hosts';
}

async function load(context: FunctionContext): Promise<readonly HostsLine[]> {
  return readHosts((await readText(context.host, hostsPath(context))) ?? '');
}

function namesOf(lines: readonly HostsLine[], address: string): readonly string[] {
  return lines.filter((line) => line.address === address).flatMap((line) => line.names);
}

async function store(context: FunctionContext, lines: readonly HostsLine[]): Promise<void> {
  const written = lines.map(({ raw, address, names, comment }) => {
    if (address === undefined) return raw;
    return `${address}\t\t${names.join(' ')}${comment === undefined ? '' : `\t\t# ${comment}`}`;
  });
  await writeText(context.host, hostsPath(context), written.map((line) => `${line}\n`).join(''));
}

function listed(lines: readonly HostsLine[]): Dict {
  const found: Dict = new Map();
  for (const { raw, address, names, comment } of lines) {
    if (address !== undefined) addTo(found, address, names, comment);
    else if (raw.trim().startsWith('#')) found.set(`comment-${commentCount(found)}`, [raw.trim()]);
  }
  return found;
}

function addTo(found: Dict, address: string, names: readonly string[], comment: string | undefined): void {
  const before = found.get(address);
  const known: Value = isDict(before) ? (before.get('aliases') ?? []) : [];
  const aliases = [...(Array.isArray(known) ? known : []), ...names];
  found.set(address, toValue({ aliases, ...(comment === undefined ? {} : { comment }) }));
}

function commentCount(found: Dict): number {
  return [...found.keys()].filter((name) => typeof name === 'string' && name.startsWith('comment-')).length;
}
