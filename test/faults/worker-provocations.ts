import { existsSync, readFileSync } from 'node:fs';
import { expect, vi } from 'vitest';
import { openSealedFiles } from '../../packages/minion/src/sealed/sealed-snapshot-store.ts';
import { restartMinion, watched, type Stage } from './provocations.ts';

/** A job whose worker comes to a failpoint, and what holds after that worker died there. */
export interface WorkerProvocation {
  /** Submits the job; answers its id, or what it is called by when nobody asked for it. */
  begin(): Promise<string>;
  /** Proves what the dead worker left, once the failpoint is gone and the minion works. */
  prove(): Promise<void>;
}

type Provoke = (stage: Stage, failpoint: string) => WorkerProvocation;

/** The states that are run: a file of the master, a command that reacts to it, and a failure when asked for. */
export function writeWorkerStates({ folder }: Stage['fleet']): void {
  folder.write('runs', '');
  folder.write(
    'states/work.sls',
    `{% set token = pillar['token'] %}
${folder.at('out')}/{{ token }}:
  file.managed:
    - source: salt://made/{{ token }}
    - makedirs: true
said:
  cmd.wait:
    - name: echo {{ token }} >> ${folder.at('runs')}
    - watch: [file: ${folder.at('out')}/{{ token }}]
{% if pillar.get('fails') %}
broken:
  test.fail_without_changes:
    - failhard: true
{% endif %}
reacts:
  cmd.wait:
    - name: echo {{ token }}-reacted >> ${folder.at('runs')}
    - watch: [file: ${folder.at('out')}/{{ token }}]
`,
  );
}

async function submit({ fleet }: Stage, ...words: readonly string[]): Promise<string> {
  const { stdout } = await fleet.run('salt', '--async', 'web1', ...words);
  return /\b\d{20}\b/.exec(stdout)?.[0] ?? expect.fail(`no job: ${stdout}`);
}

const runsOf = ({ fleet }: Stage, token: string): number =>
  readFileSync(fleet.folder.at('runs'), 'utf8')
    .split('\n')
    .filter((line) => line === token).length;

const retcodeOf = async (stage: Stage, ...words: readonly string[]): Promise<number | null> =>
  (await stage.fleet.run('salt', 'web1', ...words)).status;

/** The file is whole or not there; the next run finishes, and what follows the change runs once in both together. */
const byStates: Provoke = (stage, failpoint) => {
  stage.turn += 1;
  const token = `work${stage.turn}`;
  const content = `${token}\n`.repeat(50_000);
  stage.fleet.folder.write(`states/made/${token}`, content);
  const place = stage.fleet.folder.at('out', token);
  const isFailing = failpoint.startsWith('run-journal.replace');
  const pillar = (fails: boolean): string => `pillar=${JSON.stringify({ token, fails })}`;
  return {
    begin: () => submit(stage, 'state.apply', 'work', pillar(isFailing)),
    prove: async () => {
      if (existsSync(place)) expect(readFileSync(place, 'utf8')).toBe(content);
      const before = runsOf(stage, token);
      expect(before).toBeLessThanOrEqual(1);
      expect(await retcodeOf(stage, 'state.apply', 'work', pillar(isFailing))).toBe(isFailing ? 1 : 0);
      if (isFailing) expect(await retcodeOf(stage, 'state.apply', 'work', pillar(false))).toBe(0);
      expect(readFileSync(place, 'utf8')).toBe(content);
      expect([runsOf(stage, token), runsOf(stage, `${token}-reacted`)]).toEqual([1, 1]);
      const owned = JSON.stringify(await stage.fleet.json('salt', '--static', 'web1', 'state.managed', place));
      expect(owned).toContain('work');
    },
  };
};

/** What is asked for to be applied later is kept whole or not at all. */
const byRequest: Provoke = (stage, failpoint) => ({
  begin: () => submit(stage, 'state.request', 'site'),
  prove: async () => {
    const asked = async (): Promise<string> =>
      JSON.stringify(await stage.fleet.json('salt', '--static', 'web1', 'state.check_request'));
    expect((await asked()).includes('site')).toBe(failpoint.endsWith('.after'));
    expect(await retcodeOf(stage, 'state.request', 'site')).toBe(0);
    expect(await retcodeOf(stage, 'state.run_request')).toBe(0);
    expect(await asked()).not.toContain('site');
  },
});

/** The mark of a pause is there whole or not at all. */
const byPauseMark: Provoke = (stage, failpoint) => {
  stage.turn += 1;
  const paused = `2026112912000000${String(stage.turn).padStart(4, '0')}`;
  const place = stage.fleet.folder.at('web1/var/cache/salt/minion/state_pause', paused);
  return {
    begin: () => submit(stage, 'state.pause', paused),
    prove: async () => {
      expect(existsSync(place)).toBe(failpoint.endsWith('.after'));
      expect(await retcodeOf(stage, 'state.pause', paused)).toBe(0);
      expect(existsSync(place)).toBe(true);
      expect(await retcodeOf(stage, 'state.resume', paused)).toBe(0);
      expect(existsSync(place)).toBe(false);
    },
  };
};

const converging = { interval: '1h', splay: 0, mode: 'enforce' };

/** The tree of the last good run can be opened, whichever of the two it is. */
const bySeal: Provoke = (stage) => {
  const { folder } = stage.fleet;
  const [cache, pki] = [folder.at('web1/var/cache/salt/minion'), folder.at('web1/etc/salt/pki/minion')];
  const load = async (): Promise<unknown> => openSealedFiles(cache, pki).load();
  let hadOne = false;
  return {
    begin: async () => {
      hadOne = (await load()) !== undefined;
      await restartMinion(stage, { converge: converging });
      return 'converge.run';
    },
    prove: async () => {
      if (hadOne) expect(await load()).toBeDefined();
      await restartMinion(stage, { converge: converging });
      await stage.minion.logged('job ended', { fun: 'converge.run' });
      await vi.waitFor(async () => expect(await load()).toBeDefined(), watched);
      await restartMinion(stage, {});
    },
  };
};

const provocations: readonly (readonly [RegExp, Provoke])[] = [
  [/^(?:state-journal|run-journal|ledger|blobs)\./, byStates],
  [/^state-requests\./, byRequest],
  [/^pauses\./, byPauseMark],
  [/^sealed\./, bySeal],
];

/** How a failpoint of a worker is come to. */
export function workerProvocationOf(failpoint: string): Provoke {
  const found = provocations.find(([names]) => names.test(failpoint));
  if (found === undefined) throw new Error(`nothing comes to ${failpoint}`);
  return found[1];
}
