import { z } from 'zod';
import { defineState, isOk, lineText, willChange } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { changeUfw, isUfwActive } from './ufw.ts';
import { orFailure } from '../or-failure.ts';

interface Turn {
  readonly function: 'enabled' | 'disabled';
  readonly words: readonly string[];
  readonly summary: string;
}

/** The state that keeps the firewall up or down. */
export function ufwTurnState({ function: name, words, summary }: Turn) {
  return defineState({
    name: `ufw.${name}`,
    summary,
    args: z.object({ name: lineText().describe('Any name.') }),
    examples: [`firewall:\n  ufw.${name}: []`],
    check: (_args, { host }) =>
      orFailure(async () => {
        if ((await isUfwActive(host)) === (name === 'enabled')) return isOk(`UFW is already ${name}`);
        const changes = { enabled: name === 'enabled' };
        return willChange({ comment: `UFW would have been ${name}`, changes }, (machine) =>
          attempt('', async () => {
            await changeUfw(machine, words);
            return { comment: `UFW is ${name}`, changes };
          }),
        );
      }),
  });
}
