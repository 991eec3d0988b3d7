import { z } from 'zod';
import { defineState, fails, optional, text } from '../../kit/index.ts';

/** `file.shortcut` */
export const shortcut = defineState({
  name: 'file.shortcut',
  summary: 'Refused: shortcuts are files of Windows. Use file.symlink.',
  args: z.object({
    name: text().describe('Path of the shortcut.'),
    target: optional(text()).describe('What it leads to.'),
  }),
  examples: [
    `C:\\Users\\Public\\Desktop\\App.lnk:
  file.shortcut:
    - target: C:\\App\\app.exe`,
  ],
  acceptsUnknown: true,
  check: async () => fails('Shortcuts are only supported on Windows'),
});
