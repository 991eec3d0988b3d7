import { z } from 'zod';
import { defineState, isOk, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';
import { hasUser, htpasswdArguments } from '../../providers/htpasswd/htpasswd.ts';

/** `webutil.user_absent` */
export const userAbsent = defineState({
  name: 'webutil.user_absent',
  summary: 'Keeps a user out of a file of passwords for a web server.',
  args: z.object(htpasswdArguments),
  examples: [
    `larry:
  webutil.user_absent:
    - htpasswd_file: /etc/nginx/htpasswd`,
  ],
  async check({ name, htpasswd_file: file, runas }, { host }) {
    if (!(await hasUser(host, file, name))) return isOk('User already not in file');
    const changes = { [name]: true };
    return willChange({ comment: `User '${name}' is set to be removed from htpasswd file`, changes }, (machine) =>
      attempt('', async () => {
        const user = runas === undefined ? {} : { user: runas };
        const { stderr } = await runTool(machine, ['htpasswd', '-D', file, name], user);
        return { comment: stderr.trim(), changes };
      }),
    );
  },
});
