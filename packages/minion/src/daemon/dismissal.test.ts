import { decodeMessage, encodeMessage, type Dict } from '@brine/common';
import { createManualClock } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { createDismissals } from './dismissal.ts';

function dismissals(options: Dict = new Map(), ownCommand?: readonly string[]) {
  const clock = createManualClock();
  const ends: (readonly string[] | undefined)[] = [];
  const made = createDismissals({
    ...{ clock, options: () => options, isRunning: (jid) => jid === 'running', end: (command) => ends.push(command) },
    ...(ownCommand === undefined ? {} : { ownCommand }),
  });
  const ask = (jid: string, restart: boolean): unknown => decodeMessage(made.answer(encodeMessage({ jid, restart })));
  return { ...made, ask, clock, ends };
}

describe('a daemon that is asked to end', () => {
  it('ends when the job that asked has its return, not with another', () => {
    const { ask, ended, ends, clock } = dismissals();
    expect(ask('running', false)).toEqual({ pid: process.pid });
    clock.advance(60_000);
    ended('another');
    expect(ends).toEqual([]);
    ended('running');
    expect(ends).toEqual([undefined]);
  });

  it('ends soon after it answered a call that is no job', () => {
    const { ask, ends, clock } = dismissals();
    ask('elsewhere', false);
    expect(ends).toEqual([]);
    clock.advance(1000);
    expect(ends).toEqual([undefined]);
  });

  it('starts again as the configuration says, else as it was started itself, if it can be', () => {
    const own = ['/usr/bin/salt-minion', '-d'];
    const setting = new Map([['minion_restart_command', ['systemctl', 'restart', 'salt-minion']]]);
    const configured = dismissals(setting, own);
    const command = ['systemctl', 'restart', 'salt-minion'];
    expect(configured.ask('running', true)).toEqual({ pid: process.pid, from: 'setting', command });
    configured.ended('running');
    expect(configured.ends).toEqual([command]);
    expect(dismissals(new Map(), own).ask('running', true)).toEqual({ pid: process.pid, from: 'argv', command: own });
    expect(dismissals(setting, own).ask('running', false)).toEqual({ pid: process.pid });
    expect(dismissals().ask('running', true)).toEqual({ pid: process.pid });
  });
});
