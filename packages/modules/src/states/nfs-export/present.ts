import { isDict, pythonStr, type Value } from '@brine/common';
import { z } from 'zod';
import {
  absolutePath,
  commaList,
  defineState,
  fails,
  isOk,
  lineText,
  optional,
  valueList,
  willChange,
  withDefault,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import {
  clientsOf,
  readExports,
  toPlainClients,
  withClients,
  writeExports,
  type ExportClient,
} from '../../providers/exports/exports-file.ts';

/** `nfs_export.present` */
export const present = defineState({
  name: 'nfs_export.present',
  summary: 'Keeps a directory that an NFS server gives to others.',
  args: z.object({
    name: lineText().describe('Absolute path of the directory.'),
    clients: optional(valueList()).describe('Who gets it: dicts of hosts and options.'),
    hosts: optional(lineText()).describe('Who gets it, when it is only one.'),
    options: optional(commaList()).describe('How they get it, e.g. rw.'),
    exports: withDefault(absolutePath(), '/etc/exports').describe('The table.'),
  }),
  examples: [
    `/srv/shared:
  nfs_export.present:
    - hosts: 10.0.2.0/24
    - options: [rw, sync]`,
  ],
  async check({ name, exports: file, ...args }, { host }) {
    const clients = wantedClients(args);
    if (typeof clients === 'string') return fails(clients);
    if (!name.startsWith('/')) return fails(`${name} is not an absolute path`);
    const text = await readExports(host, file);
    const old = clientsOf(text, name);
    if (JSON.stringify(old) === JSON.stringify(clients)) return isOk(`Export ${name} already configured`);
    const changes = { new: toPlainClients(clients), old: old === undefined ? null : toPlainClients(old) };
    const pending = `Export ${name} would be ${old === undefined ? 'added' : 'changed'}`;
    return willChange({ comment: pending, changes }, (machine) =>
      attempt('', async () => {
        const complaint = await writeExports(machine, file, withClients(text, name, clients));
        return { comment: complaint ?? '', changes, ...(complaint === undefined ? {} : { failed: true }) };
      }),
    );
  },
});

interface Given {
  readonly clients: readonly Value[] | undefined;
  readonly hosts: string | undefined;
  readonly options: readonly string[] | undefined;
}

function wantedClients({ clients, hosts, options = [] }: Given): readonly ExportClient[] | string {
  const rows = (clients ?? []).map((row) => (isDict(row) ? toClient(row.get('hosts'), row.get('options')) : undefined));
  const one = rows.length === 0 && hosts !== undefined ? [{ hosts, options }] : rows;
  if (one.length === 0) return "Either 'clients' or 'hosts' must be defined";
  const sound = one.filter((row) => row !== undefined && /^[^\s()]+$/.test(row.hosts)) as readonly ExportClient[];
  return sound.length === one.length ? sound : 'Each client is a dict of hosts and options';
}

function toClient(hosts: Value | undefined, options: Value | undefined): ExportClient {
  const words = Array.isArray(options) ? options.map((each) => pythonStr(each)) : pythonStr(options ?? '').split(',');
  return { hosts: pythonStr(hosts ?? ''), options: words.map((word) => word.trim()).filter((word) => word !== '') };
}
