import { toFloat } from '@brine/common';
import { z } from 'zod';
import { optional, text } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { failure } from '../failure.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { formatTime } from '../format-time.ts';
import { readText } from '../text-file.ts';

export const time = defineFunction({
  name: 'status.time',
  summary: 'Date and time, formatted as strftime does.',
  args: z.object({ format: optional(text()).describe('Format, e.g. `%s`; `%A, %d. %B %Y %I:%M%p` unless given.') }),
  examples: ["'*' status.time", "'*' status.time '%s'"],
  run: ({ format }) => formatTime(new Date(), format ?? '%A, %d. %B %Y %I:%M%p'),
});

export const loadavg = defineFunction({
  name: 'status.loadavg',
  summary: 'The load of the last minute, five and fifteen minutes.',
  args: z.object({}),
  examples: ["'*' status.loadavg"],
  async run(_args, context) {
    const words = (await readProc(context, 'loadavg')).split(' ');
    const [one, five, fifteen] = words.map((word) => toFloat(Number(word)));
    return { '1-min': one, '5-min': five, '15-min': fifteen };
  },
});

export const uptime = defineFunction({
  name: 'status.uptime',
  summary: 'How long the machine has been running.',
  args: z.object({}),
  examples: ["'*' status.uptime"],
  async run(_args, context) {
    const seconds = Math.trunc(Number.parseFloat(await readProc(context, 'uptime')));
    if (Number.isNaN(seconds)) throw failure('/proc/uptime does not tell how long the machine has been running.');
    const since = Math.trunc(Date.now() / 1000) - seconds;
    const rest = seconds % 86_400;
    return {
      seconds,
      since_iso: new Date(since * 1000).toISOString().slice(0, 19),
      since_t: since,
      days: Math.trunc(seconds / 86_400),
      time: `${Math.trunc(rest / 3600)}:${Math.trunc((rest % 3600) / 60)}`,
      ...(await countUsers(context)),
    };
  },
});

async function countUsers({ host, signal }: FunctionContext): Promise<{ readonly users?: number }> {
  if ((await host.which('who')) === undefined) return {};
  const { stdout } = await host.inspect({ command: ['who', '-s'], signal });
  return { users: stdout.split('\n').filter((line) => line !== '').length };
}

export const meminfo = defineFunction({
  name: 'status.meminfo',
  summary: 'The memory, as the kernel counts it.',
  args: z.object({}),
  examples: ["'*' status.meminfo"],
  async run(_args, context) {
    const lines = (await readProc(context, 'meminfo')).split('\n').filter((line) => line.includes(':'));
    return Object.fromEntries(
      lines.map((line) => {
        const [, name = '', value = '', unit] = /^([^:]+):\s*(\S+)\s*(\S*)/.exec(line) ?? [];
        return [name, unit === undefined || unit === '' ? { value } : { value, unit }];
      }),
    );
  },
});

export const pid = defineFunction({
  name: 'status.pid',
  summary: 'The numbers of the processes whose command line contains a text, each on a line.',
  args: z.object({ sig: text().describe('The text.') }),
  examples: ["'*' status.pid nginx"],
  async run({ sig }, { host }) {
    const numbers = ((await host.files.list('/proc')) ?? []).filter((name) => /^\d+$/.test(name));
    const found = await Promise.all(
      numbers.map(async (number) => {
        const line = await readText(host, `/proc/${number}/cmdline`).catch(() => undefined);
        return line?.replaceAll('\0', ' ').includes(sig) === true && Number(number) !== process.pid ? [number] : [];
      }),
    );
    return found.flat().join('\n');
  },
});

async function readProc({ host }: FunctionContext, name: string): Promise<string> {
  return ((await readText(host, `/proc/${name}`)) ?? '').trim();
}
