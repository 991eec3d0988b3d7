import type { z } from 'zod';
import { MasterConfig } from './master-config.ts';
import { MinionConfig } from './minion-config.ts';

/** One configuration key, for the reference page. */
export interface ConfigReferenceEntry {
  readonly key: string;
  /** What its values are, in words. */
  readonly type: string;
  /** Its standard value; `undefined` when it has none. */
  readonly standard: unknown;
  readonly description: string;
}

/** All keys a master or minion acts on, in the order in which they are declared. */
export function configReference(kind: 'master' | 'minion'): ConfigReferenceEntry[] {
  const shape: Readonly<Record<string, z.ZodType>> = kind === 'master' ? MasterConfig.shape : MinionConfig.shape;
  return Object.entries(shape).map(([key, schema]) => {
    const { type, description } = schema.meta() ?? {};
    return { key, type: String(type), standard: schema.parse(undefined), description: description ?? '' };
  });
}
