import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { masterFailpoints } from '@brine/master';
import { minionFailpoints, workerFailpoints } from '@brine/minion';
import { expect, it } from 'vitest';

const checkout = fileURLToPath(new URL('../../', import.meta.url));

/** What makes a step durable: an fsync, a file that is replaced or made whole, a transaction. */
const durable =
  /\b(?:fsyncSync|replaceFile|createFile|syncFolder)\(|\.(?:datasync|sync)\(\)|\.transaction\(|exec\('BEGIN/;

/** The failpoints around what a file writes, by how their names begin. */
const guarded: Readonly<Record<string, readonly string[]>> = {
  'daemon/src/identity-store.ts': ['master-key.made', 'minion-key.made'],
  'daemon/src/redaction-key-store.ts': ['secret-keys.open.before', 'secret-keys.open.after'],
  'daemon/src/schedule/schedule-file-store.ts': ['schedule.save.'],
  'master/src/access/token-store.ts': ['access-tokens.add.', 'access-tokens.remove.', 'access-tokens.removeAll.'],
  'master/src/automation/automation-store.ts': ['reactor.', 'reaction.', 'converge.', 'orchestration.'],
  'master/src/files/received-files-store.ts': ['received.receive.', 'received.appended'],
  'master/src/keys/join-token-store.ts': ['tokens.create.', 'tokens.revoke.', 'tokens.redeem.'],
  'master/src/keys/key-directory-store.ts': ['keys.'],
  'master/src/keys/key-renewals-store.ts': ['renewals.order.', 'renewals.settle.'],
  'master/src/keys/master-key-store.ts': ['master-key.rotate.', 'master-key.linked', 'master-key.written'],
  'master/src/store/banks-store.ts': ['banks.store.', 'banks.flush.'],
  'master/src/store/salvage-mark-store.ts': ['salvage.'],
  'master/src/store/salvage-store.ts': ['salvage.'],
  'master/src/store/sqlite-job-store.ts': ['store.'],
  'master/src/wheel/config-file-store.ts': ['wheel.writeConfig.'],
  'master/src/wheel/roots-store.ts': ['wheel.writeRoots.'],
  'minion/src/converge/pause-file-store.ts': ['converge-pause.save.'],
  'minion/src/converge/watch-file-store.ts': ['converge.load.', 'converge.save.'],
  'minion/src/ownership/ledger-file-store.ts': ['ledger.write.'],
  'minion/src/sealed/sealed-snapshot-store.ts': ['sealed.'],
  'minion/src/state-journal/run-file-store.ts': ['state-journal.create.', 'run-journal.'],
  'minion/src/store/blob-store.ts': ['blobs.'],
  'minion/src/store/master-trust-store.ts': ['master-pin.pin.', 'master-pin.linked'],
  'minion/src/store/minion-key-store.ts': ['key.rotate.', 'key.settle.', 'key.linked', 'key.moved', 'key.written'],
  'minion/src/store/pause-store.ts': ['pauses.write.'],
  'minion/src/store/record-log-store.ts': ['record-log.', 'journal.'],
  'minion/src/store/sequence-store.ts': ['sequence.save.'],
  'minion/src/store/state-request-store.ts': ['state-requests.write.'],
  'returners/src/outbox/outbox-store.ts': ['outbox.put.', 'outbox.taken', 'outbox.forgotten'],
};

/** Steps that nobody is told of as done, and why. */
const others: Readonly<Record<string, string>> = {
  'daemon/src/pid-file-store.ts': 'says which process runs; it is worth nothing after that',
  'daemon/src/replace-file-store.ts': 'is what the others write with',
  'daemon/src/space-reserve-store.ts': 'holds room, not content',
  'master/src/store/clean-end-store.ts': 'spares the next start a look; without it the database is looked over',
  'master/src/keys/generate-key-store.ts': 'is a command, not a daemon',
  'returners/src/kinds/rawfile-json-store.ts':
    "is the other side's, as of any returner: the outbox keeps what it did not take",
};

const sources = ['daemon', 'master', 'minion', 'returners']
  .flatMap((name) =>
    readdirSync(`${checkout}packages/${name}/src`, { recursive: true, encoding: 'utf8' }).map(
      (file) => `${name}/src/${file}`,
    ),
  )
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .filter((file) => durable.test(readFileSync(`${checkout}packages/${file}`, 'utf8')))
  .toSorted();

it('every file of the daemons that makes a step durable has failpoints around it, or says here why not', () => {
  expect(sources).toEqual([...Object.keys(guarded), ...Object.keys(others)].toSorted());
});

it('every failpoint belongs to a file, and every file has those that are named here', () => {
  const known = [...new Set([...masterFailpoints, ...minionFailpoints, ...workerFailpoints])];
  const named = Object.values(guarded).flat();
  expect(known.filter((name) => !named.some((start) => name.startsWith(start)))).toEqual([]);
  expect(named.filter((start) => !known.some((name) => name.startsWith(start)))).toEqual([]);
});

/** Methods of the store of jobs that only read. */
const reading =
  /^(?:heldJobs|findJob|findSubmission|deliveries|findDelivery|nextExpiry|listJobs|unfinished|lastJid|minions|minionData|counter|close)$/;

it('every method of the job store that writes has failpoints', () => {
  const text = readFileSync(`${checkout}packages/master/src/store/store.ts`, 'utf8');
  const methods = [...text.matchAll(/^ {2}(\w+)\(.*Promise</gm)].map(([, name = '']) => name);
  const writing = methods.filter((name) => !reading.test(name));
  const known = masterFailpoints
    .filter((name) => /^store\.\w+\.before$/.test(name))
    .map((name) => name.split('.')[1] ?? '');
  expect(new Set(writing)).toEqual(new Set(known));
});
