/**
 * A job id in Salt's format: the UTC time to the microsecond as 20 digits (`YYYYMMDDhhmmssffffff`).
 * Ids of one generator are unique and rising whatever the clock does.
 */
export type Jid = string & { readonly __jid: true };

/** Reads a job id; `undefined` when the text is not 20 digits. */
export function parseJid(text: unknown): Jid | undefined {
  return typeof text === 'string' && /^\d{20}$/.test(text) ? (text as Jid) : undefined;
}

/** Makes a generator of job ids. `last` is the highest id given out before (from the job store), if any. */
export function createJidGenerator(now: () => number, last?: Jid): () => Jid {
  let previous = last === undefined ? 0n : microsecondsOf(last);
  return () => {
    const current = BigInt(Math.floor(now())) * 1000n;
    previous = current > previous ? current : previous + 1n;
    return formatJid(previous);
  };
}

/** The moment a job id stands for, in milliseconds since the Unix epoch. */
export function jidTime(jid: Jid): number {
  return Number(microsecondsOf(jid) / 1000n);
}

/** `2026, Nov 21 07:00:00.123456`, as Salt prints the time of a job id. */
export function jidStartTime(jid: Jid): string {
  const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
  const date = new Date(jidTime(jid));
  const clock = `${jid.slice(8, 10)}:${jid.slice(10, 12)}:${jid.slice(12, 14)}.${jid.slice(14)}`;
  return `${jid.slice(0, 4)}, ${months[date.getUTCMonth()]} ${jid.slice(6, 8)} ${clock}`;
}

function formatJid(microseconds: bigint): Jid {
  const iso = new Date(Number(microseconds / 1000n)).toISOString();
  const milliseconds = iso.slice(0, 23).replace(/[-:.T]/g, '');
  return `${milliseconds}${String(microseconds % 1000n).padStart(3, '0')}` as Jid;
}

function microsecondsOf(jid: Jid): bigint {
  const [year, month, day, hour, minute, second] = [
    jid.slice(0, 4),
    jid.slice(4, 6),
    jid.slice(6, 8),
    jid.slice(8, 10),
    jid.slice(10, 12),
    jid.slice(12, 14),
  ].map(Number) as [number, number, number, number, number, number];
  return BigInt(Date.UTC(year, month - 1, day, hour, minute, second)) * 1000n + BigInt(jid.slice(14));
}
