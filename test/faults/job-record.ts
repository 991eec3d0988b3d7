import { readFileSync } from 'node:fs';
import { jidTime, parseJid } from '@brine/common';
import { checkHistory, type JobHistory } from '@brine/testkit';
import type { Fleet } from '../fleet/fleet.ts';

/** Jobs of a fault test that leave behind when they ran, and what became of them. */
export interface JobRecord {
  /** A command that leaves a line naming itself and its time, and answers its name. */
  command(token: string): string;
  /** Submits such a command and keeps its id if the client was told one; a client whose master died is told none. */
  submit(id: string, token: string, ...options: readonly string[]): Promise<string | undefined>;
  /** Names of the commands that ran, once for each time. */
  ran(): readonly string[];
  /** The status of a job on its only minion. */
  statusOf(jid: string): Promise<string | undefined>;
  /**
   * What became of all such jobs so far, held against what they left; waits for their ends. Those whose end an earlier call
   * saw are not asked for again, unless `anew`.
   */
  violations(anew?: boolean): Promise<readonly string[]>;
}

interface Told {
  readonly Status: Readonly<Record<string, string>>;
  readonly Result: Readonly<Record<string, { readonly return: unknown }>>;
}

interface Effect {
  readonly token: string;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
}

interface Parts {
  readonly fleet: Fleet;
  readonly accepted: JobHistory['accepted'];
  /** The time each job had to begin, in milliseconds. */
  readonly patience: ReadonlyMap<string, number>;
  /** Jobs that ended, by their id. */
  readonly ended: Map<string, JobHistory['deliveries']>;
}

/** Starts the record of a fleet whose jobs run on `web1`. */
export function createJobRecord(fleet: Fleet): JobRecord {
  fleet.folder.write('effects', '');
  const accepted: JobHistory['accepted'][number][] = [];
  const patience = new Map<string, number>();
  const ended: Parts['ended'] = new Map();
  const command = (token: string): string =>
    `echo ${token} $(date +%s%3N) >> ${fleet.folder.at('effects')}; echo ${token}`;

  return {
    command,
    violations: async (anew = false) => {
      if (anew) ended.clear();
      return findViolations({ fleet, accepted, patience, ended });
    },
    ran: () => readEffects(fleet).map(({ token }) => token),
    statusOf: async (jid) => Object.values((await find(fleet, jid)).Status)[0],
    async submit(id, token, ...options) {
      const { stdout } = await fleet.run('salt', '--async', ...options, id, 'cmd.run', command(token));
      const [jid] = /\b\d{20}\b/.exec(stdout) ?? [];
      if (jid === undefined) return undefined;
      accepted.push({ jid, minions: [id] });
      const seconds = options[options.indexOf('-t') + 1];
      if (options.includes('-t')) patience.set(jid, Number(seconds) * 1000);
      return jid;
    },
  };
}

/** Between the last look of a minion at its clock and the line that the command leaves: its worker and a shell come up. */
const startingMilliseconds = 3000;

async function find(fleet: Fleet, jid: string): Promise<Told> {
  return (await fleet.json('salt-run', 'jobs.list_job', jid)) as Told;
}

async function endOf({ fleet, ended }: Parts, jid: string): Promise<JobHistory['deliveries']> {
  const known = ended.get(jid);
  if (known !== undefined) return known;
  await fleet.run('salt-run', 'jobs.follow', jid);
  const { Status, Result } = await find(fleet, jid);
  const deliveries = Object.entries(Status).map(([minion, status]) => {
    return { jid, minion, status, value: Result[minion]?.return };
  });
  if (!Object.values(Status).some((status) => /^(?:queued|delivered|running)$/.test(status)))
    ended.set(jid, deliveries);
  return deliveries;
}

async function findViolations(parts: Parts): Promise<readonly string[]> {
  const { fleet, accepted, patience } = parts;
  const jobs = (await fleet.json('salt-run', 'jobs.list_jobs', 'search_function=cmd.run')) as Record<string, unknown>;
  const tokens = new Map<string, string>();
  const deliveries: JobHistory['deliveries'][number][] = [];
  for (const [jid, listed] of Object.entries(jobs)) {
    const [, token] = /echo (\S+) \$\(date/.exec(JSON.stringify(listed)) ?? [];
    if (token === undefined) continue;
    tokens.set(token, jid);
    deliveries.push(...(await endOf(parts, jid)));
  }
  const left = readEffects(fleet).map((effect) => ({
    ...effect,
    jid: tokens.get(effect.token) ?? `unknown (${effect.token})`,
  }));
  const executions = left.map(({ jid }) => ({ jid, minion: 'web1' }));
  const valueOf = (jid: string): unknown => [...tokens].find(([, known]) => known === jid)?.[0];
  const waiting = Object.keys((await fleet.json('salt-run', 'jobs.active')) as object);
  return [
    ...checkHistory({ accepted, executions, deliveries, valueOf }),
    ...left.flatMap(({ jid, time }) => (isLate(jid, time, patience) ? [`I10 ${jid}: began after its time`] : [])),
    ...waiting.map((jid) => `I12 ${jid}: is still active`),
  ];
}

function readEffects({ folder }: Fleet): readonly Effect[] {
  const lines = readFileSync(folder.at('effects'), 'utf8').trim().split('\n').filter(Boolean);
  return lines.map((line) => {
    const [token = '', time] = line.split(' ');
    return { token, time: Number(time) };
  });
}

function isLate(text: string, time: number, patience: ReadonlyMap<string, number>): boolean {
  const [jid, given] = [parseJid(text), patience.get(text)];
  return jid !== undefined && given !== undefined && time > jidTime(jid) + given + startingMilliseconds;
}
