import { z } from 'zod';
import { text } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { otherRoot } from '../other-root.ts';
import { readShadow } from '../../providers/accounts/shadow-file.ts';

const unknownEntry = { lstchg: '', min: '', max: '', warn: '', inact: '', expire: '' };

export const info = defineFunction({
  name: 'shadow.info',
  summary: 'What /etc/shadow says of a user; empty texts when it says nothing.',
  args: z.object({ name: text().describe('Name of the user.'), root: otherRoot }),
  examples: ["'*' shadow.info root"],
  async run({ name, root }, { host }) {
    const entry = await readShadow(host, name, root);
    return entry === undefined ? { name: '', passwd: '', ...unknownEntry } : { name, ...entry };
  },
});
