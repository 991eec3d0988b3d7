import { createManualClock } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { createMasterStanding } from './master-standing.ts';

describe('the standing with the master', () => {
  it('lets those who wait go on with the session, and who comes later at once', async () => {
    const standing = createMasterStanding('web1', createManualClock());
    const waiting = standing.accepted(1000);
    standing.follow('pending', {});
    expect(standing.wasAccepted).toBe(false);
    standing.follow('accepted', {});
    await expect(waiting).resolves.toBeUndefined();
    await expect(standing.accepted(1000)).resolves.toBeUndefined();
    expect(standing.wasAccepted).toBe(true);
  });

  it('tells a refusal at once, also while the next attempt is under way, until the master thinks otherwise', async () => {
    const standing = createMasterStanding('web1', createManualClock());
    const waiting = standing.accepted(1000);
    standing.follow('rejected', {});
    const refusal = { code: 'master-refused', message: 'the master rejects the key of web1' };
    await expect(waiting).rejects.toMatchObject(refusal);
    standing.follow('connecting', {});
    await expect(standing.accepted(1000)).rejects.toMatchObject(refusal);
    standing.follow('pending', {});
    const again = standing.accepted(1000);
    standing.follow('accepted', {});
    await expect(again).resolves.toBeUndefined();
  });

  it.each([
    [
      'denied',
      "the master knows web1 by another key, or this key by another id; if this minion is the right one, delete there what stands in its way; 'salt-key -L' says what",
    ],
    [
      'master-key-changed',
      'the master shows the key aa, but bb is trusted here; if the shown one is right, correct master_finger and remove minion_master.pub',
    ],
  ] as const)('explains %s', async (state, message) => {
    const standing = createMasterStanding('web1', createManualClock());
    standing.follow(state, { masterFingerprint: 'aa', trustedFingerprint: 'bb' });
    await expect(standing.accepted(1000)).rejects.toMatchObject({ code: 'master-refused', message });
  });

  it('says why there was no session when the time is up', async () => {
    const clock = createManualClock();
    const standing = createMasterStanding('web1', clock);
    const unanswered = standing.accepted(2000);
    clock.advance(2000);
    await expect(unanswered).rejects.toMatchObject({
      code: 'master-unreachable',
      message: 'no session with the master within 2 seconds: it did not answer',
    });
    standing.follow('pending', {});
    const pending = standing.accepted(1000);
    clock.advance(1000);
    await expect(pending).rejects.toMatchObject({
      message:
        'no session with the master within 1 seconds: the key of web1 waits to be accepted there: salt-key -a web1',
    });
  });
});
