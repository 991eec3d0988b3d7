import {
  AppError,
  decodeMessage,
  encodeMessage,
  encodeValue,
  pythonStr,
  targetTypes,
  type Dict,
  type Plain,
} from '@brine/common';
import type { MinionId } from '@brine/common';
import { z } from 'zod';
import { announceStart } from './announce-start.ts';
import { requireDict, verb, type Verb, type VerbServices } from './define-verb.ts';
import { peerVerbs } from './peer-verbs.ts';

export type { VerbServices } from './define-verb.ts';

const bytes = z.instanceof(Uint8Array);
const jid = z.string().regex(/^\d{20}$/);
/** Bytes of one piece of a file that a minion sends. */
const maxPieceLength = 1024 * 1024;
const digest = z.string().regex(/^[\da-f]{64}$/);
const environmentName = z.string().min(1).max(200);
const entryName = z.string().min(1).max(1000);
const path = z.string().min(1).max(4096);
const finalStatus = z.enum(['ok', 'failed', 'refused', 'timed-out', 'interrupted', 'cancelled']);

const returnMembers = {
  ...{ jid, fun: z.string().max(200), status: finalStatus, value: bytes, retcode: z.number().int() },
  ...{ sealedValue: bytes.exactOptional(), pillarVersion: z.string().max(64).exactOptional() },
  ...{ outputter: z.string().max(100).exactOptional(), startedAt: z.number(), duration: z.number() },
};

/** Everything a minion can ask for inside its session; the table is the whole surface. */
export const verbs: ReadonlyMap<string, Verb<z.ZodType>> = new Map([
  [
    'minion.hello',
    verb({
      policy: 'accepted-minion',
      body: z.object({
        ...{ version: z.string().max(100), saltVersion: z.string().max(100), grains: bytes },
        runningJobs: z.array(jid).max(10_000),
        /** A `salt-call` says `call`: it is no start and brings no grains. `refresh` brings grains and is no start. */
        purpose: z.enum(['daemon', 'call', 'refresh']).default('daemon'),
        eventGrains: z.array(z.string().max(1000)).max(1000).default([]),
      }),
      async answer(minion, { grains, version, saltVersion, purpose, eventGrains }, { directory, ...services }) {
        const welcome = { masterVersion: services.masterVersion, options: encodeValue(services.sharedOptions()) };
        if (purpose === 'call') return welcome;
        const told = requireDict(grains);
        await directory.report(minion, { grains: told, version, saltVersion });
        if (purpose === 'refresh') return welcome;
        announceStart(minion, { grains: told, eventGrains }, services.events);
        return welcome;
      },
    }),
  ],
  [
    'job.started',
    verb({
      policy: 'accepted-minion',
      body: z.object({ jid, startedAt: z.number() }),
      async answer(minion, body, { dispatcher }) {
        await dispatcher.started(minion, body.jid);
        return {};
      },
    }),
  ],
  [
    'job.progress',
    verb({
      policy: 'accepted-minion',
      body: z.object({
        jid,
        done: z.number(),
        total: z.number(),
        current: z.string().max(10_000).exactOptional(),
        failed: z.number(),
      }),
      answer(minion, body, { dispatcher }) {
        dispatcher.progressed(minion, body);
        return {};
      },
    }),
  ],
  [
    'job.return',
    verb({
      policy: 'accepted-minion',
      body: z.object(returnMembers),
      async answer(minion, body, { dispatcher }) {
        await dispatcher.returned(minion, body);
        return {};
      },
    }),
  ],
  [
    'job.report',
    verb({
      policy: 'accepted-minion',
      body: z.object({
        ...returnMembers,
        own: z.object({
          kind: z.enum(['schedule', 'converge', 'startup', 'call']),
          name: z.string().max(1000).exactOptional(),
          report: z.enum(['store', 'event', 'none']),
          metadata: bytes.exactOptional(),
          argument: bytes,
          keywordArgument: bytes,
        }),
      }),
      async answer(minion, body, { dispatcher }) {
        await dispatcher.reported(minion, body);
        return {};
      },
    }),
  ],
  [
    'event.fire',
    verb({
      policy: 'accepted-minion',
      body: z.object({
        tag: z.string().min(1).max(1000),
        payload: bytes,
        /** What the event says is the whole of it, beside the id of the minion: an event of a beacon. */
        bare: z.boolean().default(false),
      }),
      answer(minion, { tag, payload, bare }, { events }) {
        const jid = requireOwnTag(minion, tag);
        const further = jid === undefined ? { pretag: null } : { jid };
        const said = bare
          ? { ...membersOf(requireDict(payload)), id: minion }
          : { id: minion, tag, data: requireDict(payload), cmd: '_minion_event', ...further };
        events.emit(tag, said, 'minion');
        return {};
      },
    }),
  ],
  [
    'pillar.compile',
    verb({
      policy: 'accepted-minion',
      body: z.object({
        grains: bytes,
        saltenv: environmentName.exactOptional(),
        pillarenv: environmentName.exactOptional(),
        override: bytes.exactOptional(),
        /** Whether this is what the minion works with when nobody says otherwise: targets look at that one. */
        standing: z.boolean().default(false),
        /** Whether a pillar that the master kept will not do. */
        fresh: z.boolean().default(false),
        /** The path of keys whose origins are wanted. */
        why: z.array(z.string().max(1000)).max(100).exactOptional(),
      }),
      async answer(minion, { grains, override, standing, fresh, ...rest }, { pillar, directory }) {
        const { pillar: values, ...compiled } = await pillar.compile({
          ...{ minion, grains: requireDict(grains), isFresh: fresh, ...rest },
          ...(override === undefined ? {} : { override: requireDict(override) }),
        });
        const { version, secrets, redactionKey, origins } = compiled;
        if (standing && override === undefined) {
          await directory.kept.savePillar(minion, { pillar: values, version, secrets });
        }
        const found = origins === undefined ? {} : { origins };
        return { pillar: encodeValue(values), version, secrets, redactionKey, ...found };
      },
    }),
  ],
  [
    'mine.store',
    verb({
      policy: 'accepted-minion',
      body: z.object({ data: bytes, clear: z.boolean().default(false) }),
      answer: async (minion, { data, clear }, { mine }) => done(mine.store(minion, requireDict(data), clear)),
    }),
  ],
  [
    'mine.get',
    verb({
      policy: 'accepted-minion',
      body: z.object({
        tgt: z.string().max(100_000),
        tgt_type: z.enum(targetTypes).default('glob'),
        fun: z.union([entryName, z.array(entryName).max(1000)]),
        exclude_minion: z.boolean().default(false),
      }),
      answer(minion, body, { mine }) {
        const target = { type: body.tgt_type, expression: body.tgt };
        const question = { target, functions: body.fun, excludesAsker: body.exclude_minion };
        return { found: encodeValue(mine.read(question, minion)) };
      },
    }),
  ],
  [
    'mine.delete',
    verb({
      policy: 'accepted-minion',
      body: z.object({ fun: entryName }),
      answer: async (minion, { fun }, { mine }) => done(mine.remove(minion, fun)),
    }),
  ],
  [
    'mine.flush',
    verb({
      policy: 'accepted-minion',
      body: z.object({}),
      answer: async (minion, _body, { mine }) => done(mine.flush(minion)),
    }),
  ],
  ...peerVerbs,
  [
    'key.revoke',
    verb({
      policy: 'accepted-minion',
      body: z.object({}),
      answer: (minion, _body, services) => {
        services.revokeKey(minion);
        return {};
      },
    }),
  ],
  [
    'file.environments',
    verb({
      policy: 'accepted-minion',
      body: z.object({}),
      answer: async (_minion, _body, { files }) => ({ environments: await files.environments() }),
    }),
  ],
  [
    'file.manifest',
    verb({
      policy: 'accepted-minion',
      body: z.object({ saltenv: environmentName, known: digest.exactOptional() }),
      async answer(_minion, { saltenv, known }, { files }) {
        const snapshot = await files.snapshot(saltenv);
        return snapshot.id === known ? { id: snapshot.id } : snapshot;
      },
    }),
  ],
  [
    'file.hash',
    verb({
      policy: 'accepted-minion',
      body: z.object({ saltenv: environmentName, path }),
      answer: async (_minion, body, { files }) => files.describe(body.path, body.saltenv),
    }),
  ],
  [
    'file.read',
    verb({
      policy: 'accepted-minion',
      body: z.object({
        ...{ saltenv: environmentName, path },
        ...{ offset: z.number().int().nonnegative(), length: z.number().int().positive() },
        sha256: digest.exactOptional(),
      }),
      answer: async (_minion, body, { files }) => files.read(body),
    }),
  ],
  [
    'file.push',
    verb({
      policy: 'accepted-minion',
      body: z.object({
        ...{ path, offset: z.number().int().nonnegative(), size: z.number().int().nonnegative(), sha256: digest },
        bytes: bytes.refine((piece) => piece.length <= maxPieceLength).describe(`at most ${maxPieceLength} bytes`),
      }),
      async answer(minion, body, { received }) {
        await received.receive(minion, body);
        return {};
      },
    }),
  ],
  ['ping', verb({ policy: 'accepted-minion', body: z.object({}), answer: () => ({ time: Date.now() }) })],
]);

/** Answers a request of an accepted minion. Throws `verb-unknown`, `request-malformed` and what the verb throws. */
export async function answerVerb(
  request: { readonly minion: MinionId; readonly verb: string; readonly body: Uint8Array },
  services: VerbServices,
): Promise<Uint8Array> {
  const declaration = verbs.get(request.verb);
  if (declaration === undefined) {
    throw new AppError({ code: 'verb-unknown', message: `this master has no verb '${request.verb}'` });
  }
  const body = declaration.body.safeParse(decodeMessage(request.body));
  if (!body.success) {
    throw new AppError({ code: 'request-malformed', message: `the body of '${request.verb}' is malformed` });
  }
  return encodeMessage(await declaration.answer(request.minion, body.data, services));
}

function membersOf(said: Dict): { readonly [key: string]: Plain } {
  return Object.fromEntries([...said].map(([key, value]) => [pythonStr(key), value]));
}

/**
 * What Salt itself announces under `salt/` must not be forged by a minion; what it tells of itself is fine. Answers the job
 * that an event of a state run belongs to.
 */
function requireOwnTag(minion: MinionId, tag: string): string | undefined {
  if (!tag.startsWith('salt/')) return undefined;
  if (tag.startsWith(`salt/minion/${minion}/`) || tag.startsWith(`salt/beacon/${minion}/`)) return undefined;
  // What its state runs tell of their steps, with `state_events` and `fire_event`.
  const [, kind, jobId, part, owner] = /^salt\/(job|state_result)\/(\d{20})\/(?:(prog)\/)?([^/]+)\/./.exec(tag) ?? [];
  if (jobId !== undefined && owner === minion && (kind === 'job') === (part === 'prog')) return jobId;
  throw new AppError({ code: 'event-refused', message: `a minion may not fire '${tag}'` });
}

async function done(work: Promise<void>): Promise<object> {
  await work;
  return {};
}
