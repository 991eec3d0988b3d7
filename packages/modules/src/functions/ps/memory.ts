import { toFloat } from '@brine/common';
import { z } from 'zod';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { readText } from '../text-file.ts';

export const virtualMemory = defineFunction({
  name: 'ps.virtual_memory',
  summary: 'How much memory there is and is in use, in bytes.',
  args: z.object({}),
  examples: ["'*' ps.virtual_memory"],
  async run(_args, context) {
    const read = await readMemory(context);
    const [total, available] = [read('MemTotal'), read('MemAvailable')];
    const cached = read('Cached') + read('SReclaimable');
    return {
      ...{ total, available, percent: share(total - available, total) },
      ...{ used: Math.max(0, total - read('MemFree') - cached - read('Buffers')), free: read('MemFree') },
      ...{ active: read('Active'), inactive: read('Inactive'), buffers: read('Buffers'), cached },
      ...{ shared: read('Shmem'), slab: read('Slab') },
    };
  },
});

export const swapMemory = defineFunction({
  name: 'ps.swap_memory',
  summary: 'How much swap space there is and is in use, and how much was read from it and written to it, in bytes.',
  args: z.object({}),
  examples: ["'*' ps.swap_memory"],
  async run(_args, context) {
    const read = await readMemory(context);
    const [total, free] = [read('SwapTotal'), read('SwapFree')];
    const pages = (await readText(context.host, '/proc/vmstat')) ?? '';
    // The kernel counts pages of 4 KiB here, whatever the size of its own.
    const moved = (name: string): number => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(pages)?.[1] ?? 0) * 4096;
    const flow = { sin: moved('pswpin'), sout: moved('pswpout') };
    return { total, used: total - free, free, percent: share(total - free, total), ...flow };
  },
});

export const totalPhysicalMemory = defineFunction({
  name: 'ps.total_physical_memory',
  summary: 'How much memory there is, in bytes.',
  args: z.object({}),
  examples: ["'*' ps.total_physical_memory"],
  run: async (_args, context) => (await readMemory(context))('MemTotal'),
});

async function readMemory({ host }: FunctionContext): Promise<(name: string) => number> {
  const text = (await readText(host, '/proc/meminfo')) ?? '';
  const rows = new Map(Array.from(text.matchAll(/^(\S+):\s+(\d+) kB$/gm), ([, name = '', size]) => [name, size]));
  return (name) => Number(rows.get(name) ?? 0) * 1024;
}

function share(part: number, whole: number): ReturnType<typeof toFloat> {
  return toFloat(whole === 0 ? 0 : Math.round((part / whole) * 1000) / 10);
}
