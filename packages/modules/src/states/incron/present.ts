import { z } from 'zod';
import { defineState, isOk, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { compareJob, incronArguments, readIncron, writeIncron } from '../../providers/incron/table.ts';

/** `incron.present` */
export const present = defineState({
  name: 'incron.present',
  summary: 'Keeps a command that runs when a file or directory changes.',
  args: z.object(incronArguments),
  examples: [
    `uploads:
  incron.present:
    - path: /srv/uploads
    - mask: [IN_CLOSE_WRITE]
    - cmd: /usr/local/bin/scan $@/$#`,
  ],
  async check({ name, user, ...job }, { host }) {
    const lines = await readIncron(host, user);
    const kinds = lines.map((line) => compareJob(line, job));
    if (kinds.includes('same')) return isOk(`Incron ${name} already present`);
    const isUpdate = kinds.includes('other-events');
    const changes = { [user]: name };
    const pending = `Incron ${name} is set to be ${isUpdate ? 'updated' : 'added'}`;
    return willChange({ comment: pending, changes }, (machine) =>
      attempt(`Incron ${name} for user ${user} failed to commit`, async () => {
        const kept = lines.filter((_, index) => kinds[index] === 'other');
        await writeIncron(machine, user, [...kept, `${job.path} ${job.mask.join(',')} ${job.cmd}`]);
        return {
          comment: isUpdate ? `Incron ${name} updated` : `Incron ${name} added to ${user}'s incrontab`,
          changes,
        };
      }),
    );
  },
});
