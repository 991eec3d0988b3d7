import { describeState, type FakeProgram } from '@brine/testkit';
import { absent } from './absent.ts';
import { present } from './present.ts';

const incrontab: FakeProgram = ([option = ''], machine, { input }) => {
  const text = machine.facts.get('table') as string;
  if (option === '-l') return text === '' ? { exitCode: 0, stdout: 'no table for root\n' } : text;
  machine.facts.set('table', String(input));
  return '';
};
const before = {
  programs: { incrontab },
  facts: { table: '/srv/in IN_MODIFY,IN_CREATE /usr/bin/scan $@\n/etc IN_ATTRIB /bin/true\n' },
};
const job = { name: 'scan', path: '/srv/in', cmd: '/usr/bin/scan $@' };

describeState(present, [
  {
    title: 'adds a job',
    before: { ...before, facts: { table: '' } },
    arguments: { ...job, mask: ['IN_CREATE'] },
    pending: { comment: 'Incron scan is set to be added', changes: { root: 'scan' } },
    applied: { comment: "Incron scan added to root's incrontab" },
  },
  {
    title: 'changes the events of one',
    before,
    arguments: { ...job, mask: 'IN_CREATE,IN_DELETE' },
    pending: { comment: 'Incron scan is set to be updated', changes: { root: 'scan' } },
    applied: { comment: 'Incron scan updated' },
    verify: (host) => {
      const wanted = '/etc IN_ATTRIB /bin/true\n/srv/in IN_CREATE,IN_DELETE /usr/bin/scan $@\n';
      if (host.facts.get('table') !== wanted) throw new Error(`it is ${String(host.facts.get('table'))}`);
    },
  },
  {
    title: 'leaves a job whose events stand in another order',
    before,
    arguments: { ...job, mask: ['IN_CREATE', 'IN_MODIFY'] },
    ok: 'Incron scan already present',
  },
]);

describeState(absent, [
  {
    title: 'removes a job',
    before,
    arguments: { ...job, mask: ['IN_CREATE', 'IN_MODIFY'] },
    pending: { comment: 'Incron scan is set to be removed', changes: { root: 'scan' } },
    applied: { comment: "Incron scan removed from root's crontab" },
  },
]);
