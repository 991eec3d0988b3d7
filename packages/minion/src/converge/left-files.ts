import { managedFile, type ManagedFile, type StateLibrary, type Step } from '@brine/sls';
import { fileTimeLag, listTree, lookAt, wholeLooks, type Sight } from './file-looks.ts';

/** A managed file as the steps of a run left it. */
export interface LeftFile {
  readonly path: string;
  /** How it looked, with all that is in it, before the first step about it. */
  readonly found: string;
  /** Place → what it looked like; several places for a tree. */
  readonly looks: readonly (readonly [string, string])[];
  /** Whether no step about it failed. */
  readonly isFine: boolean;
  /** Whether a step changed it. */
  readonly isChanged: boolean;
  /**
   * Whether it changed so shortly before it was looked at that somebody else may have had a hand in it, or may still
   * without a difference in its looks.
   */
  readonly isFresh: boolean;
}

/** A library that takes down how each managed file looks when the step about it is done. */
export interface WatchedLibrary {
  readonly library: StateLibrary;
  left(): readonly LeftFile[];
}

interface Taken extends Omit<LeftFile, 'isFine' | 'isChanged'> {
  /** Tag of a step → how it ended. */
  readonly steps: Map<string, 'fine' | 'changed' | 'failed'>;
}

/** Puts the taking down around a library. */
export function watchLeftFiles(library: StateLibrary, now: () => number): WatchedLibrary {
  const taken = new Map<string, Taken>();
  const found = new Map<string, string>();

  async function find(step: Step): Promise<void> {
    const file = managedFile(step);
    if (file !== undefined && !found.has(file.path)) found.set(file.path, wholeLooks(looksOf(await sightsOf(file))));
  }

  async function take(step: Step, begunAt: number, ended: 'fine' | 'changed' | 'failed'): Promise<void> {
    const file = managedFile(step);
    if (file === undefined) return;
    const { path } = file;
    const sights = await sightsOf(file);
    const steps = (taken.get(path)?.steps ?? new Map<string, never>()).set(step.tag, ended);
    const isFresh = sights.some(([, { changedAt }]) => changedAt > begunAt - fileTimeLag);
    taken.set(path, { path, steps, isFresh, found: found.get(path) ?? '', looks: looksOf(sights) });
  }

  const check: StateLibrary['check'] = async (step, context) => {
    const begunAt = now();
    await find(step);
    const outcome = await library.check(step, context);
    await take(step, begunAt, outcome.kind === 'fail' ? 'failed' : 'fine');
    if (outcome.kind !== 'change') return outcome;
    const apply = async () => {
      await take(step, begunAt, 'failed');
      const applied = await outcome.apply();
      await take(step, begunAt, applied.failed === true ? 'failed' : 'changed');
      return applied;
    };
    return { ...outcome, apply };
  };

  return {
    library: { ...library, check },
    left: () =>
      [...taken.values()].map(({ steps, ...file }) => {
        const ends = [...steps.values()];
        return { ...file, isFine: !ends.includes('failed'), isChanged: ends.includes('changed') };
      }),
  };
}

type PlaceSight = readonly [string, Sight];

async function sightsOf({ path, isTree }: ManagedFile): Promise<readonly PlaceSight[]> {
  const places = isTree ? [path, ...(await listTree(path))] : [path];
  return Promise.all(places.map(async (place) => [place, await lookAt(place, isTree)] as const));
}

function looksOf(sights: readonly PlaceSight[]): LeftFile['looks'] {
  return sights.map(([place, { looks }]) => [place, looks]);
}
