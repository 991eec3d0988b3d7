import { z } from 'zod';
import { text, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';

export const tty = defineFunction({
  name: 'cmd.tty',
  summary: 'Writes a text to a terminal; answers whether that went well.',
  args: z.object({
    device: text().describe('The terminal: tty0, pts3.'),
    echo: withDefault(text(), '').describe('The text.'),
  }),
  examples: ["'*' cmd.tty tty0 'This is a test'", "'*' cmd.tty pts3 'This is a test'"],
  async run({ device, echo }, { host }) {
    const [, kind, number = ''] = /^(tty|pts)([\w]*)$/.exec(device) ?? [];
    if (kind === undefined) return { Error: 'The specified device is not a valid TTY' };
    const path = kind === 'tty' ? `/dev/tty${number}` : `/dev/pts/${number}`;
    const failed = { Error: `Echoing to ${path} returned error` };
    if ((await host.files.stat(path))?.kind !== 'character-device') return failed;
    try {
      await host.files.append(path, Buffer.from(echo));
      return { Success: `Message was successfully echoed to ${path}` };
    } catch {
      return failed;
    }
  },
});
