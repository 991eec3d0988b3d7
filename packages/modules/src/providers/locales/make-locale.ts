import type { Host } from '../../kit/index.ts';
import { runTool } from '../commands/run-tool.ts';
import { enableLocale, localeLine, localeList, madeLocales, normalLocale } from './locales.ts';

/** Has glibc make a locale for programs to use, with `locale-gen`; answers whether it is there then. */
export async function makeLocale(machine: Host, name: string, signal: AbortSignal): Promise<boolean> {
  const text = Buffer.from((await machine.files.read(localeList)) ?? '').toString('utf8');
  await machine.files.write(localeList, Buffer.from(enableLocale(text, localeLine(name))));
  await runTool(machine, ['locale-gen'], { signal });
  return (await madeLocales(machine)).has(normalLocale(name));
}
