import { z } from 'zod';
import { defineState, isOk, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { compareJob, incronArguments, readIncron, writeIncron } from '../../providers/incron/table.ts';

/** `incron.absent` */
export const absent = defineState({
  name: 'incron.absent',
  summary: 'Removes a command that runs when a file or directory changes.',
  args: z.object(incronArguments),
  examples: [
    `uploads:
  incron.absent:
    - path: /srv/uploads
    - mask: [IN_CLOSE_WRITE]
    - cmd: /usr/local/bin/scan $@/$#`,
  ],
  async check({ name, user, ...job }, { host }) {
    const lines = await readIncron(host, user);
    const kept = lines.filter((line) => compareJob(line, job) === 'other');
    if (kept.length === lines.length) return isOk(`Incron ${name} already absent`);
    const changes = { [user]: name };
    return willChange({ comment: `Incron ${name} is set to be removed`, changes }, (machine) =>
      attempt(`Incron ${name} for user ${user} failed to commit`, async () => {
        await writeIncron(machine, user, kept);
        return { comment: `Incron ${name} removed from ${user}'s crontab`, changes };
      }),
    );
  },
});
