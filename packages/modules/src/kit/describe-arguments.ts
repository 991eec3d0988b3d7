import type { Value } from '@brine/common';
import type { z } from 'zod';
import type { ArgumentDescription } from './context.ts';
import { secretKindOf } from './secret-arguments.ts';

/** The arguments of a declaration, for reference pages and `sys.argspec`, in positional order. */
export function describeArguments(schema: z.ZodObject): readonly ArgumentDescription[] {
  return Object.entries(schema.shape).map(([name, member]) => {
    const absent = (member as z.ZodType<Value | undefined>).safeParse(undefined);
    return {
      name,
      required: !absent.success,
      ...(absent.success && absent.data !== undefined ? { default: absent.data } : {}),
      description: `${(member as z.ZodType).description ?? ''}${secretNote(member as z.ZodType)}`,
    };
  });
}

function secretNote(member: z.ZodType): string {
  const kind = secretKindOf(member);
  if (kind === undefined) return '';
  return kind === 'whole' ? ' Never shown.' : ' A key itself is never shown.';
}
