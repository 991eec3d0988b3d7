import { z } from 'zod';
import { defineState, flag, isOk, lineText, optional, willChange, withDefault } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { orFailure } from '../../providers/or-failure.ts';
import { listOutdated, runPip } from '../../providers/python/pip.ts';

/** `pip.uptodate` */
export const uptodate = defineState({
  name: 'pip.uptodate',
  summary: 'Keeps every Python package at its newest version.',
  args: z.object({
    name: lineText().describe('Any name.'),
    bin_env: optional(lineText()).describe('A virtual environment, or the path of a pip.'),
    user: optional(lineText()).describe('Account pip runs as.'),
    cwd: optional(lineText()).describe('Directory pip runs in.'),
    use_vt: withDefault(flag(), false).describe('Accepted for compatibility: output is never shown while pip runs.'),
  }),
  examples: [
    `packages of the application:
  pip.uptodate:
    - bin_env: /srv/app/venv`,
  ],
  check: ({ bin_env: binEnv, user, cwd }, { host, signal }) =>
    orFailure(async () => {
      const place = { binEnv, user, cwd, environment: undefined };
      const outdated = await listOutdated(host, place);
      if (outdated.length === 0) return isOk('System is already up-to-date.');
      const changes = Object.fromEntries(outdated.map(({ name, old, latest }) => [name, { old, new: latest }]));
      return willChange({ comment: 'System update will be performed', changes }, (machine) =>
        attempt('Upgrade failed.', async () => {
          await runPip(machine, ['install', '--upgrade', ...outdated.map(({ name }) => name)], { place, signal });
          return { comment: 'Upgrade successful.', changes };
        }),
      );
    }),
});
