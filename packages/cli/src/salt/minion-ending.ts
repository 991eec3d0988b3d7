import { toPlain, type Dict } from '@brine/common';
import type { Ending } from './summary.ts';

/** How a minion ended, and how its answer wants to be shown. */
export interface MinionEnding extends Ending {
  readonly outputter: string | undefined;
  /** The pillar that it worked with. */
  readonly pillarVersion: string | undefined;
}

/** How a minion ended, if the event tells that. */
export function readEnding(event: Dict): MinionEnding | undefined {
  const {
    kind,
    minion,
    status,
    retcode = 1,
    outputter,
    pillarVersion,
  } = toPlain(event) as {
    readonly kind: string;
    readonly minion: string;
    readonly status: string;
    readonly retcode?: number;
    readonly outputter?: string;
    readonly pillarVersion?: string;
  };
  if (kind === 'unreachable') {
    return { ...nobody(minion), status: status === 'queued' ? status : kind, retcode };
  }
  if (kind !== 'return') return undefined;
  const value = event.get('value') ?? null;
  const hasAnswered = status === 'ok' || status === 'failed' || value !== null;
  return { minion, status, retcode, value, hasAnswered, outputter, pillarVersion };
}

/** How a name ended that no minion has. */
export function nobody(minion: string): MinionEnding {
  return {
    ...{ minion, status: 'unknown', retcode: 1, value: null, hasAnswered: false },
    ...{ outputter: undefined, pillarVersion: undefined },
  };
}
