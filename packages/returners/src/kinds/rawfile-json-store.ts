import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { dumpJson, type Dict } from '@brine/common';
import { textSetting } from '../read-settings.ts';
import type { Returner, ReturnerSettings } from '../returner.ts';

/** Appends a line of JSON for each return or event to a file, on the disk before it is done. */
export const rawfileJson: Returner = {
  prefix: 'rawfile_json',
  settings: { filename: 'filename' },
  defaults: { filename: '/var/log/salt/events' },
  store: async (jobReturn, settings) => append([jobReturn], settings),
  storeEvents: append,
};

async function append(entries: readonly Dict[], settings: ReturnerSettings): Promise<void> {
  const file = textSetting(settings, 'filename', 'rawfile_json.filename');
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(file, 'a', 0o600);
  try {
    await handle.writeFile(entries.map((entry) => `${dumpJson(entry)}\n`).join(''));
    await handle.sync();
  } finally {
    await handle.close();
  }
}
