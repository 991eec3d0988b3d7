import type { Plain } from '@brine/common';
import { z } from 'zod';
import { defineState, isOk, lineText, textList, willChange, withDefault } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { changeFirewalld, listFirewalld } from '../../providers/firewall/firewalld.ts';

/** `firewalld.service` */
export const service = defineState({
  name: 'firewalld.service',
  summary: 'Keeps a service of firewalld: which ports and protocols it stands for.',
  args: z.object({
    name: lineText()
      .refine((value) => /^[\w-]+$/.test(value), 'must be the name of a service')
      .describe('Name of the service.'),
    ports: withDefault(textList(), []).describe('Its ports, as `80/tcp`; others are removed.'),
    protocols: withDefault(textList(), []).describe('Its protocols; others are removed.'),
  }),
  examples: [
    `mysqlserver:
  firewalld.service:
    - ports:
        - 3306/tcp`,
  ],
  async check({ name, ports, protocols }, { host }) {
    const isThere = (await listFirewalld(host, ['--get-services'])).includes(name);
    const steps: string[][] = isThere ? [] : [['--permanent', `--new-service=${name}`], ['--reload']];
    const changes: Record<string, Plain> = {};
    for (const [noun, wanted] of Object.entries({ port: ports, protocol: protocols })) {
      const there = isThere ? await listFirewalld(host, [`--service=${name}`, `--get-${noun}s`]) : [];
      const added = wanted.filter((each) => !there.includes(each)).map((each) => `--add-${noun}=${each}`);
      const removed = there.filter((each) => !wanted.includes(each)).map((each) => `--remove-${noun}=${each}`);
      steps.push(...[...added, ...removed].map((step) => ['--permanent', `--service=${name}`, step]));
      if (added.length + removed.length > 0) changes[`${noun}s`] = { old: [...there], new: [...wanted] };
    }
    if (steps.length === 0) return isOk(`'${name}' is already in the desired state.`);
    if (!isThere) changes[name] = { old: null, new: 'new service' };
    return willChange({ comment: `Configuration for '${name}' will change.`, changes }, (machine) =>
      attempt('Error', async () => {
        await changeFirewalld(machine, steps);
        return { comment: `'${name}' was configured.`, changes };
      }),
    );
  },
});
