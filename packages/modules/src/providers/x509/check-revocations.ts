import { isAppError, type Changes, type CheckOutcome } from '@brine/common';
import type { Host, StateContext } from '../../kit/index.ts';
import type { FileWish } from '../files/file-arguments.ts';
import { omitAbsent } from '../omit-absent.ts';
import { prettyHex } from './certificates.ts';
import { areSameExtensions, compareExtensions } from './compare-extensions.ts';
import { readDer } from './der.ts';
import { digestOf, encodingOf, isSignedBy, wrapPem } from './keys.ts';
import { nameText } from './names.ts';
import {
  issueList,
  numberOid,
  planRevocations,
  type RevocationsContent,
  type RevocationsPlan,
} from './plan-revocations.ts';
import { readRevocations, type Revocation, type RevocationList } from './revocations.ts';
import { settleFile } from './settle-file.ts';

/** `x509.crl_managed` as an SLS file describes it. */
export interface RevocationsWish extends FileWish, RevocationsContent {
  readonly days_remaining: number;
  readonly encoding: 'pem' | 'der';
}

/** Compares a list of revoked certificates with what is asked for. Throws `state-failed`. */
export async function checkRevocations(wish: RevocationsWish, context: StateContext): Promise<CheckOutcome<Host>> {
  const plan = await planRevocations(wish, context.host);
  const found = await context.host.files.read(wish.name);
  const bytes = found === undefined ? undefined : Buffer.from(found);
  const current = bytes === undefined ? undefined : readOrUndefined(bytes);
  const noun = 'certificate revocation list';
  const make = (): Buffer => encode(wish, issueList(wish, plan, current));
  if (bytes === undefined || current === undefined) {
    const changes: Changes = bytes === undefined ? { created: wish.name } : { replaced: wish.name };
    return settleFile(wish, { noun, changes, exists: false, make }, context);
  }
  const encoding = encodingOf(bytes) === wish.encoding ? undefined : wish.encoding;
  const content = compareList(wish, plan, current);
  const again = (): Buffer => encode(wish, current.whole);
  const changes = omitAbsent({ encoding, ...content }) as Changes;
  const isOnlyEncoded = Object.keys(content).length === 0;
  return settleFile(wish, { noun, changes, exists: true, make: isOnlyEncoded ? again : make }, context);
}

function encode({ encoding }: RevocationsWish, content: Buffer): Buffer {
  return encoding === 'der' ? content : Buffer.from(wrapPem('X509 CRL', content));
}

function readOrUndefined(bytes: Buffer): RevocationList | undefined {
  try {
    return readRevocations(bytes);
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    return undefined;
  }
}

function compareList(wish: RevocationsWish, plan: RevocationsPlan, current: RevocationList): Record<string, unknown> {
  const digest = digestOf(current.signatureOid);
  const limit = Date.now() + wish.days_remaining * 86_400_000;
  const isEnding =
    wish.days_remaining !== 0 && current.nextUpdate !== undefined && current.nextUpdate.getTime() < limit;
  const currentExtensions = plan.counts
    ? current.extensions.filter(({ oid }) => oid !== numberOid)
    : current.extensions;
  return omitAbsent({
    digest: digest === undefined || digest === wish.digest.toLowerCase() ? undefined : wish.digest,
    expiration: isEnding ? true : undefined,
    issuer_name: current.issuer.whole.equals(plan.issuer) ? undefined : nameText(readDer(plan.issuer)),
    public_key: isSignedBy(current, plan.key) ? undefined : true,
    revocations: compareRevocations(current.revoked, plan.revoked),
    extensions: compareExtensions(currentExtensions, plan.extensions),
  });
}

function compareRevocations(
  current: readonly Revocation[],
  wanted: readonly Revocation[],
): { added: string[]; changed: string[]; removed: string[] } | undefined {
  const find = (list: readonly Revocation[], serial: bigint): Revocation | undefined =>
    list.find((each) => each.serial === serial);
  const shown = (list: readonly Revocation[]): string[] => list.map(({ serial }) => prettyHex(serial));
  const changes = {
    added: shown(wanted.filter(({ serial }) => find(current, serial) === undefined)),
    changed: shown(
      wanted.filter((each) => {
        const old = find(current, each.serial);
        return old !== undefined && !areSameExtensions(old.extensions, each.extensions);
      }),
    ),
    removed: shown(current.filter(({ serial }) => find(wanted, serial) === undefined)),
  };
  return Object.values(changes).every((list) => list.length === 0) ? undefined : changes;
}
