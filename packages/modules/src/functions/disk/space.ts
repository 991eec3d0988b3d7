import { pythonStr, type Plain } from '@brine/common';
import { z } from 'zod';
import { argument, optional, text, type Argument } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { readOutput } from '../run-program.ts';

const args = optional(flags()).describe('Options of df, as letters: a, B, h, H, i, k, l, P, t, T, x, v.');

export const usage = defineFunction({
  name: 'disk.usage',
  summary: 'Space of the mounted file systems, as df counts it.',
  args: z.object({ args }),
  examples: ["'*' disk.usage"],
  async run({ args: given = '' }, context) {
    const rows = await readTable(context, ['-P', ...(given === '' ? [] : [`-${given}`])]);
    return byMount(rows, ({ filesystem, total, used, available, share }) => ({
      filesystem,
      '1K-blocks': total,
      used,
      available,
      capacity: share,
    }));
  },
});

export const inodeusage = defineFunction({
  name: 'disk.inodeusage',
  summary: 'Inodes of the mounted file systems, as df counts them.',
  args: z.object({ args }),
  examples: ["'*' disk.inodeusage"],
  async run({ args: given = '' }, context) {
    const rows = await readTable(context, ['-iP', ...(given === '' ? [] : [`-${given}`])]);
    return byMount(rows, ({ filesystem, total, used, available, share }) => ({
      inodes: total,
      used,
      free: available,
      use: share,
      filesystem,
    }));
  },
});

export const percent = defineFunction({
  name: 'disk.percent',
  summary: 'How full the mounted file systems are, or one of them.',
  args: z.object({ args: optional(text()).describe('A mount point.') }),
  examples: ["'*' disk.percent /var"],
  async run({ args: point }, context) {
    const shares = byMount(await readTable(context, ['-P']), ({ share }) => share);
    if (point === undefined) return shares;
    if (!(point in shares)) context.log.error('nothing is mounted there', { path: point });
    return shares[point] ?? {};
  },
});

function flags(): Argument<string> {
  return argument('letters out of aBhHiklPtTxv', (value) => {
    const letters = Array.isArray(value) ? value.map(pythonStr).join('') : value;
    return typeof letters === 'string' && /^[aBhHiklPtTxv]*$/.test(letters) ? letters : undefined;
  });
}

interface Row {
  readonly filesystem: string;
  readonly total: string;
  readonly used: string;
  readonly available: string;
  readonly share: string;
  readonly point: string;
}

async function readTable(context: FunctionContext, options: readonly string[]): Promise<readonly Row[]> {
  const lines = (await readOutput(context, ['df', ...options], { environment: { LC_ALL: 'C' } })).split('\n').slice(1);
  return lines.flatMap((line) => {
    const match = /^(.+?)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\d+%|-)\s+(.*)$/.exec(line);
    if (match === null) return [];
    const [, filesystem = '', total = '', used = '', available = '', share = '', point = ''] = match;
    return [{ filesystem, total, used, available, share, point }];
  });
}

function byMount(rows: readonly Row[], describe: (row: Row) => Plain): Record<string, Plain> {
  return Object.fromEntries(rows.map((row) => [row.point, describe(row)]));
}
