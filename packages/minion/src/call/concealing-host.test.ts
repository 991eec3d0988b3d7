import { createLogger, createRunSecrets, type LogData } from '@brine/common';
import { createFakeHost } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { concealingHost } from './concealing-host.ts';

describe('concealingHost', () => {
  it('conceals lines that hold a secret, and warns of arguments that do', async () => {
    const warnings: [string, LogData][] = [];
    const log = createLogger((_level, message, data) => warnings.push([message, data]));
    const secrets = createRunSecrets();
    const machine = createFakeHost();
    const host = concealingHost(machine, secrets.redactor, log);
    const run = async (command: Parameters<typeof host.run>[0]['command']): Promise<unknown> => {
      await host.run({ command });
      return machine.started.at(-1)?.command;
    };
    const line = { line: 'echo hunter2-word', shell: '/bin/bash' };
    expect(await run(line)).toEqual(line);
    secrets.learn(['hunter2-word'], new Uint8Array(32));
    expect(await run(line)).toEqual({ ...line, isConcealed: true });
    expect(await run({ ...line, line: 'echo' })).toEqual({ ...line, line: 'echo' });
    expect(await run({ ...line, line: `echo ${Buffer.from('hunter2-word').toString('base64')}` })).toMatchObject({
      isConcealed: true,
    });
    expect(warnings).toEqual([]);
    await run({ ...line, shell: '/usr/bin/fish' });
    await run(['mysql', '-phunter2-word']);
    await run(['mysql', '-p']);
    await host.inspect({ command: ['grep', 'hunter2-word'] });
    const message = 'arguments hold a secret, which all users of the machine can see';
    expect(warnings).toEqual([
      [message, { program: '/usr/bin/fish' }],
      [message, { program: 'mysql' }],
      [message, { program: 'grep' }],
    ]);
  });
});
