import type { Applied } from '@brine/common';
import type { z } from 'zod';
import { lineText, operand, optional, type Host } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { composerArguments, runComposer } from './composer.ts';

const { composer, php, ...options } = composerArguments;

/** What the states of composer take. */
export const shared = {
  name: operand().describe('The folder with composer.json.'),
  composer,
  php,
  user: optional(lineText()).describe('Account composer runs as.'),
  ...options,
};

type Wish = z.infer<z.ZodObject<typeof shared>>;

/** Runs composer for a state and tells what it wrote. */
export async function runForState(
  machine: Host,
  {
    action,
    wish,
    signal,
  }: { readonly action: 'install' | 'update'; readonly wish: Wish; readonly signal: AbortSignal },
): Promise<Applied> {
  return attempt(`Error executing composer in '${wish.name}'`, async () => {
    const { name: directory, user } = wish;
    const { stdout, stderr } = await runComposer(machine, { action, directory, user, wish, signal });
    const comment = `Composer ${action} completed successfully`;
    return wish.quiet
      ? { comment: `${comment}, output silenced by quiet flag`, changes: {} }
      : { comment, changes: { stderr: stderr.trimEnd(), stdout: stdout.trimEnd() } };
  });
}
