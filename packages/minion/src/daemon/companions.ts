import {
  createJidGenerator,
  decodeMessage,
  decodeValue,
  encodeMessage,
  encodeValue,
  isDict,
  pythonStr,
  type Clock,
  type Dict,
  type JobMessage,
  type JobReturn,
} from '@brine/common';
import { minionError } from '../errors.ts';
import type { ManagedFile } from '@brine/sls';
import type { LeftFile } from '../converge/left-files.ts';
import type { Companion, CompanionHost, CreateCompanions, OwnJobWish } from './companion.ts';

/** The companions of a daemon, as it drives them. */
export interface Companions {
  start(): Promise<void>;
  stop(): void;
  connected(): void;
  configure(options: Dict): void;
  setPillar(pillar: Uint8Array): void;
  /** A pillar is on its way: what is asked before the first is there is answered when it came, or cannot come. */
  awaitPillar(coming: Promise<unknown>): void;
  ended(job: JobMessage, jobReturn: JobReturn): void;
  managed(files: readonly ManagedFile[]): void;
  left(jid: string, files: readonly LeftFile[]): void;
  /** Answers `local.companion`: `{name, request}`, the request and the answer encoded values. */
  answer(body: Uint8Array): Promise<Uint8Array>;
  /** Whether any needs to know the pillar. */
  readonly wantPillar: boolean;
}

/** What companions stand on. */
export interface CompanionsOptions extends Omit<CompanionHost, 'begin'> {
  readonly clock: Clock;
  readonly minionId: string;
  accept(job: JobMessage): Promise<void>;
}

// A job of its own that waits longer than this for its turn has been overtaken by the next.
const patienceMilliseconds = 24 * 60 * 60 * 1000;

/** Creates the companions. */
export function createCompanions(create: CreateCompanions | undefined, options: CompanionsOptions): Companions {
  const nextJid = createJidGenerator(() => options.clock.now());
  const begin = async (wish: OwnJobWish): Promise<string> => {
    const jid = nextJid();
    await options.accept(toJob(wish, jid, options));
    return jid;
  };
  let pillarCame: Promise<unknown> | undefined;
  const all = create?.({ ...options, begin }) ?? [];
  return {
    wantPillar: all.some((companion) => companion.setPillar !== undefined),
    start: async () => {
      for (const companion of all) await companion.start();
    },
    stop: () => all.forEach((companion) => companion.stop()),
    connected: () => all.forEach((companion) => companion.connected?.()),
    configure: (changed) => all.forEach((companion) => companion.configure?.(changed)),
    setPillar: (bytes) => {
      const pillar = decodeValue(bytes);
      if (isDict(pillar)) all.forEach((companion) => companion.setPillar?.(pillar));
    },
    awaitPillar: (coming) => {
      pillarCame ??= coming.catch(() => {});
    },
    ended: (job, jobReturn) => all.forEach((companion) => companion.ended?.(job, jobReturn)),
    managed: (files) => all.forEach((companion) => companion.managed?.(files)),
    left: (jid, files) => all.forEach((companion) => companion.left?.(jid, files)),
    answer: async (body) => {
      await pillarCame;
      return answer(all, body);
    },
  };
}

function toJob(
  { fun, positional, keyword, returners, ...own }: OwnJobWish,
  jid: string,
  { clock, minionId }: CompanionsOptions,
): JobMessage {
  return {
    jid,
    fun,
    argument: encodeValue([...positional]),
    keywordArgument: encodeValue(keyword),
    target: { type: 'glob', expression: minionId },
    user: own.kind,
    notAfter: clock.now() + patienceMilliseconds,
    own,
    ...(returners === undefined ? {} : { returners }),
  };
}

async function answer(all: readonly Companion[], body: Uint8Array): Promise<Uint8Array> {
  const { name, request } = decodeMessage(body) as { readonly name?: unknown; readonly request?: unknown };
  const companion = all.find((one) => one.name === name);
  const asked = request instanceof Uint8Array ? decodeValue(request) : null;
  if (companion === undefined || !isDict(asked)) {
    throw minionError(
      'verb-unknown',
      `this minion runs no ${pythonStr(String(name))}: it is not configured, or was not when the minion started`,
    );
  }
  return encodeMessage({ answer: encodeValue(await companion.answer(asked)) });
}
