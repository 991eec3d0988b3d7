import {
  decodeMessage,
  parseJid,
  parseMinionId,
  targetTypes,
  type JobMessage,
  type ReturnerWish,
  type Target,
} from '@brine/common';
import { sealingKeyLength } from '@brine/modules';

/** Reads the body of a publication; `undefined` when it is not a job. */
export function readJobMessage(body: Uint8Array): JobMessage | undefined {
  const found = decodeMessage(body) as Partial<Record<keyof JobMessage, unknown>> | null;
  if (found === null || typeof found !== 'object') return undefined;
  const { jid, fun, argument, keywordArgument, target, user, asker, notAfter, revealTo, returners } = found;
  if (parseJid(jid) === undefined || typeof fun !== 'string' || typeof user !== 'string') return undefined;
  if (!(argument instanceof Uint8Array) || !(keywordArgument instanceof Uint8Array)) return undefined;
  if (typeof notAfter !== 'number' || !isTarget(target)) return undefined;
  const further = readFurther(asker, revealTo);
  if (further === undefined) return undefined;
  return {
    jid: String(jid),
    fun,
    argument,
    keywordArgument,
    target,
    user,
    notAfter,
    ...further,
    ...readWish(returners),
  };
}

/** What only some jobs have; `undefined` when it is not what it should be. */
function readFurther(asker: unknown, revealTo: unknown): Pick<JobMessage, 'asker' | 'revealTo'> | undefined {
  const minion = parseMinionId(asker);
  if (!isSealingKey(revealTo) || (asker !== undefined && minion === undefined)) return undefined;
  return { ...(minion === undefined ? {} : { asker: minion }), ...(revealTo === undefined ? {} : { revealTo }) };
}

function isSealingKey(value: unknown): value is Uint8Array | undefined {
  return value === undefined || (value instanceof Uint8Array && value.length === sealingKeyLength);
}

function readWish(value: unknown): Pick<JobMessage, 'returners'> {
  const { names, config, kwargs } = (value ?? {}) as Partial<Record<keyof ReturnerWish, unknown>>;
  if (!Array.isArray(names)) return {};
  const returners = {
    names: names.filter((name) => typeof name === 'string'),
    ...(typeof config === 'string' ? { config } : {}),
    ...(kwargs instanceof Uint8Array ? { kwargs } : {}),
  };
  return { returners };
}

function isTarget(value: unknown): value is Target {
  const target = value as Partial<Target> | null | undefined;
  const { delimiter } = target ?? {};
  if (typeof target?.expression !== 'string' || (delimiter !== undefined && typeof delimiter !== 'string'))
    return false;
  return targetTypes.some((type) => type === target.type);
}
