import type { Clock } from '@brine/common';
import type { AuditLog } from './audit-log-store.ts';
import type { TokenRecord } from './token-store.ts';

/** Why a token was not taken. */
export interface TokenRefusal {
  readonly reason: 'unknown' | 'expired' | 'another kind' | 'user gone';
  readonly from: string;
  /** Whose it is or was, as far as that is known. */
  readonly record?: TokenRecord | undefined;
}

/** Refusals that are written in a minute: who guesses tokens must not fill the disk. */
const mostLines = 60;

/** Records tokens that were refused; beyond so many in a minute they are counted in the next line. */
export function createRefusedTokens(audit: AuditLog, clock: Clock): (refusal: TokenRefusal) => void {
  let since = clock.monotonic();
  let lines = 0;
  let left = 0;
  return ({ reason, from, record }) => {
    if (clock.monotonic() - since >= 60_000) {
      since = clock.monotonic();
      lines = 0;
    }
    if (lines >= mostLines) {
      left += 1;
      return;
    }
    lines += 1;
    const owner = { user: record?.user ?? '', via: record?.kind ?? 'token' };
    audit.record({ what: 'token', ...owner, from, reason, ...(left === 0 ? {} : { more: left }), allowed: false });
    left = 0;
  };
}
