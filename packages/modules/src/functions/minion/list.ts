import { pythonStr, type Plain } from '@brine/common';
import { z } from 'zod';
import { defineFunction } from '../../kit/define-function.ts';

const sections = ['minions', 'minions_pre', 'minions_rejected', 'minions_denied'];

export const list = defineFunction({
  name: 'minion.list',
  summary: 'The keys of the master on this machine, by their state, as `salt-key -L` tells them.',
  args: z.object({}),
  examples: ["'*' minion.list"],
  async run(_args, { host, options }): Promise<Plain> {
    const folder = pythonStr(options.get('pki_dir') ?? '/etc/salt/pki/minion').replaceAll('minion', 'master');
    const rows: [string, string[]][] = [];
    for (const section of sections) {
      const names = (await host.files.list(`${folder}/${section}`)) ?? [];
      const ids: string[] = [];
      for (const name of names.filter((one) => !one.startsWith('.')))
        if ((await host.files.stat(`${folder}/${section}/${name}`))?.kind === 'file') ids.push(name);
      rows.push([section, ids.toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))]);
    }
    return Object.fromEntries(rows);
  },
});
