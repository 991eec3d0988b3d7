import { toValue, type Dict, type MinionId, type Plain, type Value } from '@brine/common';
import type { Caller, JudgedCaller } from '@brine/api';
import { describe, expect, it } from 'vitest';
import {
  createAccessEngine,
  permissionsOfLocalUser,
  type AccessEngineOptions,
  type Decision,
} from './access-engine.ts';

const grainsOf: Readonly<Record<string, Dict>> = {
  web1: new Map([['os', 'Debian']]),
  web2: new Map([['os', 'Debian']]),
  db1: new Map([['os', 'Alpine']]),
};
const ids = Object.keys(grainsOf) as MinionId[];

function createEngine(further: Partial<AccessEngineOptions> = {}): ReturnType<typeof createAccessEngine> {
  return createAccessEngine({
    directory: {
      match: ({ expression }) =>
        ids.filter((id) => expression === '*' || expression.split(',').some((one) => id.startsWith(one))),
      subjectOf: (id) => ({ id, grains: grainsOf[id] ?? new Map(), pillar: () => new Map() }),
    },
    nodegroups: new Map([['front', 'web*']]),
    publisherAcl: new Map(),
    sudoAcl: false,
    blacklist: new Map(),
    onDecision: () => {},
    ...further,
  });
}

function callerWith(...permissions: readonly Plain[]): JudgedCaller {
  return { via: 'external', user: 'bob', eauth: 'file', permissions: permissions.map(toValue) };
}

interface Asked {
  readonly fun: string;
  readonly on?: string;
  readonly args?: readonly Plain[];
  readonly kwargs?: Readonly<Record<string, Plain>>;
}

function mayRun(caller: Caller, { fun, on = '*', args = [], kwargs = {} }: Asked, engine = createEngine()): boolean {
  try {
    engine.judgeJob(
      {
        target: { type: 'glob', expression: on },
        fun,
        positional: args.map(toValue),
        keyword: toValue(kwargs) as Dict,
      },
      caller,
    );
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'job-refused' });
    return false;
  }
}

function mayCall(caller: Caller, kind: 'runner' | 'wheel', { fun, args = [], kwargs = {} }: Asked): boolean {
  try {
    const keyword = toValue(kwargs) as Dict;
    createEngine().judgeSpecial(kind, { fun, positional: args.map(toValue), keyword }, caller);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'access-refused' });
    return false;
  }
}

describe('the policy engine on jobs', () => {
  it('lets the owner and the master itself run everything that is a function', () => {
    for (const via of ['socket', 'master'] as const) {
      expect(mayRun({ via, user: 'root' }, { fun: 'cmd.run', args: ['id'] })).toBe(true);
      expect(mayRun({ via, user: 'root' }, { fun: '__proto__' })).toBe(false);
      expect(mayRun({ via, user: 'root' }, { fun: 'test.ping,no' })).toBe(false);
    }
  });

  it('lets somebody without permissions run nothing', () => {
    expect(mayRun(callerWith(), { fun: 'test.ping' })).toBe(false);
  });

  it('reads function entries as Python does: from the start, open at the end', () => {
    const bob = callerWith('test.*', 'grains.items');
    expect(mayRun(bob, { fun: 'test.ping' })).toBe(true);
    expect(mayRun(bob, { fun: 'grains.itemsx' })).toBe(true);
    expect(mayRun(bob, { fun: 'cmd.test.ping' })).toBe(false);
    expect(mayRun(bob, { fun: 'grains.get', args: ['os'] })).toBe(false);
  });

  it('lets a target entry pass only when it means every minion of the job', () => {
    const bob = callerWith({ 'web*': ['status.uptime'] });
    expect(mayRun(bob, { fun: 'status.uptime', on: 'web1' })).toBe(true);
    expect(mayRun(bob, { fun: 'status.uptime', on: 'db1' })).toBe(false);
    expect(mayRun(bob, { fun: 'status.uptime', on: '*' })).toBe(false);
    expect(mayRun(bob, { fun: 'status.uptime', on: 'nothing' })).toBe(false);
    const fleet = callerWith({ 'G@os:Debian': 'test.ping' }, { 'N@front': ['test.echo'] });
    expect(mayRun(fleet, { fun: 'test.ping', on: 'web' })).toBe(true);
    expect(mayRun(fleet, { fun: 'test.ping', on: 'db1' })).toBe(false);
    expect(mayRun(fleet, { fun: 'test.echo', on: 'web2', args: ['x'] })).toBe(true);
  });

  it('holds arguments to their patterns', () => {
    const rule = { 'cmd.run': { args: ['uptime\\Z', null], kwargs: { cwd: '/srv', shell: null } } };
    const bob = callerWith({ '*': [rule] });
    const kwargs = { cwd: '/srv/www', shell: 'x' };
    expect(mayRun(bob, { fun: 'cmd.run', args: ['uptime', 1], kwargs })).toBe(true);
    expect(mayRun(bob, { fun: 'cmd.run', args: ['uptime; id', 1], kwargs })).toBe(false);
    expect(mayRun(bob, { fun: 'cmd.run', args: ['uptime'], kwargs })).toBe(false);
    expect(mayRun(bob, { fun: 'cmd.run', args: ['uptime', 1], kwargs: { shell: 'x' } })).toBe(false);
    // Keywords may come as a mapping among the positional arguments.
    expect(mayRun(bob, { fun: 'cmd.run', args: ['uptime', 1, { __kwarg__: true, ...kwargs }] })).toBe(true);
    expect(mayRun(bob, { fun: 'cmd.run', args: ['uptime', 1, { __kwarg__: true, cwd: '/' }] })).toBe(false);
  });

  it('lets no command that is held to a pattern become another by what the entry does not name', () => {
    const bob = callerWith({ '*': [{ 'cmd.run': { args: ['uptime\\Z'] } }] });
    const may = (kwargs: Readonly<Record<string, Plain>>, ...more: readonly Plain[]): boolean =>
      mayRun(bob, { fun: 'cmd.run', args: ['uptime', ...more], kwargs });
    expect(may({ timeout: 5, ignore_retcode: true })).toBe(true);
    for (const kwargs of [
      ...[{ env: { BASH_ENV: '/tmp/x' } }, { shell: '/tmp/x' }, { prepend_path: '/tmp' }, { cwd: '/tmp' }],
      ...[{ runas: 'root' }, { root: '/tmp' }, { args: 'x' }, { cmd: 'id' }, { stdin: 'x' }, { python_shell: true }],
    ])
      expect([kwargs, may(kwargs)]).toEqual([kwargs, false]);
    expect(may({}, '/tmp')).toBe(false);
    expect(may({}, { __kwarg__: true, env: { BASH_ENV: '/tmp/x' } })).toBe(false);
    // Where the command is free, so is the rest.
    const web = callerWith({ '*': [{ 'cmd.run': { kwargs: { runas: 'www\\Z' } } }] });
    expect(mayRun(web, { fun: 'cmd.run', args: ['id'], kwargs: { runas: 'www', cwd: '/' } })).toBe(true);
    // Elsewhere what is not named may be anything, as in Salt.
    const eve = callerWith({ '*': [{ 'state.apply': { args: ['web\\Z'] } }] });
    expect(mayRun(eve, { fun: 'state.apply', args: ['web'], kwargs: { test: true } })).toBe(true);
  });

  it('lets entries that cannot be read allow nothing', () => {
    const broken = callerWith('(', { a: ['.*'], b: ['.*'] }, { 'web*': ['('] }, 7, {
      '*': [{ 'cmd.run': { args: ['('] } }],
    });
    expect(mayRun(broken, { fun: 'cmd.run', on: 'web1', args: ['id'] })).toBe(false);
  });

  it('wants every function of a compound job allowed (not copied from Salt)', () => {
    const bob = callerWith('test.*');
    expect(mayRun(bob, { fun: 'test.ping,test.echo', args: [[], ['x']] })).toBe(true);
    expect(mayRun(bob, { fun: 'test.ping,cmd.run', args: [[], ['id']] })).toBe(false);
    expect(mayRun(bob, { fun: 'cmd.run,test.ping', args: [['id'], []] })).toBe(false);
  });

  it.each<[string, Asked]>([
    ['state.single', { fun: 'state.single', args: ['cmd.run', 'id'] }],
    ['state.single by keyword', { fun: 'state.single', kwargs: { fun: 'cmd.run', name: 'id' } }],
    ['module.run, old form', { fun: 'state.single', args: ['module.run'], kwargs: { name: 'cmd.run', cmd: 'id' } }],
    ['module.run, new form', { fun: 'state.single', args: ['module.run', 'x'], kwargs: { 'cmd.run': ['id'] } }],
    ['a command as requisite', { fun: 'state.single', args: ['test.nop', 'x'], kwargs: { onlyif: 'id' } }],
    ['state.low', { fun: 'state.low', args: [{ state: 'cmd', fun: 'run', name: 'id' }] }],
    ['state.high', { fun: 'state.high', args: [{ x: { cmd: ['run'] } }] }],
    ['state.template_str', { fun: 'state.template_str', args: ['{{ salt["cmd.run"]("id") }}'] }],
    ['slsutil.renderer', { fun: 'slsutil.renderer', kwargs: { string: '{{ salt["cmd.run"]("id") }}' } }],
    ['schedule.add', { fun: 'schedule.add', args: ['x'], kwargs: { function: 'cmd.run', seconds: 1 } }],
    ['mine.send', { fun: 'mine.send', args: ['cmd.run', 'id'] }],
    ['mine.send under a name', { fun: 'mine.send', args: ['x'], kwargs: { mine_function: 'cmd.run', cmd: 'id' } }],
    ['publish.publish', { fun: 'publish.publish', args: ['*', 'cmd.run', 'id'] }],
    ['a slot', { fun: 'test.echo', args: ['__slot__:salt:cmd.run(id)'] }],
    ['a slot that is hard to read', { fun: 'test.echo', kwargs: { text: ['__slot__:other'] } }],
  ])('judges what is inside: %s', (_name, asked) => {
    const wide = callerWith('test.*', 'state.*', 'module.run', 'slsutil.*', 'schedule.*', 'mine.*', 'publish.*');
    expect(mayRun(wide, asked)).toBe(false);
    expect(mayRun(callerWith('.*'), asked)).toBe(true);
  });

  it.each<[string, Asked]>([
    [
      'test.try_ by module.run',
      { fun: 'state.single', args: ['module.run', 'test.try_'], kwargs: { module: 'cmd.run' } },
    ],
    [
      'schedule.add by module.run',
      { fun: 'state.single', args: ['module.run', 'schedule.add'], kwargs: { function: 'cmd.run' } },
    ],
    ['test.try_ in a slot', { fun: 'test.arg', args: ['__slot__:salt:test.try_(cmd.run, id)'] }],
    [
      'test.try_ by saltutil.cmd',
      { fun: 'saltutil.cmd', args: ['*', 'test.try_'], kwargs: { arg: ['cmd.run', 'id'] } },
    ],
    [
      'test.try_ in a schedule of several',
      { fun: 'schedule.add', args: ['x'], kwargs: { function: 'test.ping,cmd.run' } },
    ],
    ['new arguments for a job of the schedule', { fun: 'schedule.modify', args: ['x'], kwargs: { job_args: ['id'] } }],
    ['test.try_ that is published', { fun: 'publish.publish', args: ['*', 'test.try_', 'cmd.run,id'] }],
    [
      'a template of a state',
      { fun: 'state.single', args: ['file.managed', '/x'], kwargs: { contents: '{{ 1 }}', template: 'jinja' } },
    ],
    ['a template of a path', { fun: 'cp.get_file', args: ['{{ 1 }}', '/x'], kwargs: { template: 'jinja' } }],
    ['a template of a path by position', { fun: 'cp.get_file', args: ['{{ 1 }}', '/x', 'base', false, 'jinja'] }],
    ['a template of debconf', { fun: 'debconf.set_template', args: ['/x'] }],
    [
      'mine functions that are given',
      { fun: 'mine.update', kwargs: { mine_functions: { x: [{ mine_function: 'cmd.run' }, 'id'] } } },
    ],
    ['mine functions by position', { fun: 'mine.update', args: [false, { 'cmd.run': ['id'] }] }],
    ['test.cross_test', { fun: 'test.cross_test', args: ['test.try_', ['cmd.run', 'id']] }],
    ['a loop', { fun: 'state.single', args: ['loop.until_no_eval', 'cmd.run'], kwargs: { args: ['id'], expected: 1 } }],
    ['a template of sources by position', { fun: 'archive.tar', args: ['cf', '/x', '{{ 1 }}', null, null, 'jinja'] }],
    ['jinja.import_JSON', { fun: 'jinja.import_JSON', args: ['/x'] }],
    ['a configuration by position', { fun: 'state.apply', args: ['x', null, '/x'] }],
    [
      'a configuration by position in module.run',
      {
        fun: 'state.single',
        args: ['module.run', 'state.sls'],
        kwargs: { args: ['x'], kwargs: { localconfig: '/x' } },
      },
    ],
    ['a slot before another', { fun: 'test.arg', args: ['__slot__:salt:"cmd".run(id, __slot__:salt:test.ping())'] }],
    ['a configuration of its own', { fun: 'state.apply', args: ['x'], kwargs: { localconfig: '/x' } }],
  ])('wants everything allowed for what cannot be read: %s', (_name, asked) => {
    const granted = [
      'test.*',
      'schedule.*',
      'publish.*',
      'cp.*',
      'file.*',
      'debconf.*',
      'state.*',
      'module.*',
      'saltutil.*',
      'mine.*',
      'loop.*',
      'archive.*',
      'jinja.import_j',
    ];
    expect(mayRun(callerWith(...granted), asked)).toBe(false);
    expect(mayRun(callerWith('.*'), asked)).toBe(true);
  });

  it('wants the function that test.cross_test calls to be allowed', () => {
    const asked = { fun: 'test.cross_test', args: ['cmd.run', ['id']] };
    expect(mayRun(callerWith('test.*'), asked)).toBe(false);
    expect(mayRun(callerWith('test.*', 'cmd.run'), asked)).toBe(true);
    expect(mayRun(callerWith('mine.update'), { fun: 'mine.update' })).toBe(true);
  });

  it.each<[string, string | readonly string[]]>([
    ['all', '*'],
    ['another', 'db1'],
    ['a list with another', 'web1,db1'],
    ['none today', 'db9'],
  ])('keeps who may reach web* from %s, whatever the kind of target', (_name, expression) => {
    const bob = callerWith({ 'web*': ['test.ping', 'saltutil.sync_all'] });
    expect(mayRun(bob, { fun: 'test.ping', on: String(expression) })).toBe(false);
    expect(mayRun(bob, { fun: 'test.ping,saltutil.sync_all', on: String(expression) })).toBe(false);
  });

  it('lets who may not see secrets compare whole values of pillars alone', () => {
    const asked: { readonly isExact: boolean | undefined }[] = [];
    const engine = createEngine({
      directory: {
        match: (_target, how) => {
          asked.push({ isExact: how?.pillarIsExact });
          return how?.pillarIsExact === true ? [] : (['web1'] as MinionId[]);
        },
        subjectOf: (id) => ({ id, grains: new Map(), pillar: () => new Map() }),
      },
    });
    const guess = { type: 'compound', expression: 'web1 and I@password:s*' } as const;
    const limited = callerWith({ 'web*': ['test.ping'] }, 'test.ping');
    expect(() => engine.targetFor(guess, limited)).toThrow('No minions matched');
    for (const type of ['pillar', 'pillar_pcre', 'pillar_exact'] as const) {
      expect(() => engine.targetFor({ type, expression: 'password:s*' }, limited)).toThrow('No minions matched');
    }
    expect(asked).toEqual(Array.from({ length: 4 }, () => ({ isExact: true })));
    for (const wide of [
      callerWith('.*'),
      callerWith('test.ping', '@secrets'),
      { via: 'socket', user: 'root' } as const,
    ]) {
      expect(engine.targetFor(guess, wide)).toBe(guess);
    }
    const nodegroup = { type: 'nodegroup', expression: 'front' } as const;
    expect(engine.targetFor(nodegroup, limited)).toBe(nodegroup);
  });

  it('names the minions where whole values were compared, so that a job reaches no others', () => {
    const engine = createEngine({
      directory: {
        match: (_target, how) => (how?.pillarIsExact === true ? ['web1'] : ['web1', 'db1']) as MinionId[],
        subjectOf: (id) => ({ id, grains: new Map(), pillar: () => new Map() }),
      },
    });
    const target = { type: 'pillar', expression: 'role:web' } as const;
    const bob = callerWith({ 'web*': ['test.ping'] });
    expect(engine.targetFor(target, bob)).toEqual({ type: 'list', expression: 'web1' });
    engine.judgeJob({ target, fun: 'test.ping', positional: [], keyword: new Map() }, bob);
  });

  it('lets a state be run singly whose function is allowed', () => {
    const bob = callerWith('state.single', 'pkg.installed');
    expect(mayRun(bob, { fun: 'state.single', args: ['pkg.installed', 'vim'] })).toBe(true);
    expect(mayRun(bob, { fun: 'state.single', args: ['pkg.removed', 'vim'] })).toBe(false);
  });

  it('always lets a job be looked for', () => {
    expect(mayRun(callerWith(), { fun: 'saltutil.find_job', args: ['20260101000000000000'] })).toBe(true);
  });

  it('keeps a blacklist over everybody but the master itself', () => {
    const engine = createEngine({
      blacklist: toValue({
        users: ['mallory', '^(?!sudo_).*evil$'],
        modules: ['cmd.*', 'network\\.(ping|dig)'],
      }) as Dict,
    });
    expect(mayRun({ via: 'socket', user: 'root' }, { fun: 'cmd.run', args: ['id'] }, engine)).toBe(false);
    expect(mayRun({ via: 'socket', user: 'mallory' }, { fun: 'test.ping' }, engine)).toBe(false);
    expect(mayRun({ via: 'socket', user: 'verevil' }, { fun: 'test.ping' }, engine)).toBe(false);
    expect(mayRun({ via: 'socket', user: 'root' }, { fun: 'state.single', args: ['cmd.run', 'id'] }, engine)).toBe(
      false,
    );
    expect(mayRun({ via: 'socket', user: 'root' }, { fun: 'network.interfaces' }, engine)).toBe(true);
    expect(mayRun({ via: 'master', user: 'root' }, { fun: 'cmd.run', args: ['id'] }, engine)).toBe(true);
  });

  it('takes what cannot be read for what is blacklisted, except from the owner', () => {
    const engine = createEngine({ blacklist: toValue({ modules: ['cmd.*'] }) as Dict });
    const asked = { fun: 'state.template_str', args: ['{{ salt["cmd.run"]("id") }}'] };
    expect(mayRun(callerWith('.*'), asked, engine)).toBe(false);
    expect(mayRun({ via: 'socket', user: 'root' }, asked, engine)).toBe(true);
    expect(mayRun(callerWith('.*'), asked)).toBe(true);
  });

  it('holds users who became root by sudo to publisher_acl when sudo_acl is set', () => {
    const publisherAcl = toValue({ 'ada|grace': ['test.*'], 'op*': [{ 'web*': ['.*'] }] }) as Dict;
    expect(permissionsOfLocalUser('grace', publisherAcl)).toEqual(['test.*']);
    expect(permissionsOfLocalUser('graceful', publisherAcl)).toEqual([]);
    const engine = createEngine({ publisherAcl, sudoAcl: true });
    const ada: Caller = { via: 'socket', user: 'sudo_ada' };
    expect(mayRun(ada, { fun: 'test.ping' }, engine)).toBe(true);
    expect(mayRun(ada, { fun: 'cmd.run', args: ['id'] }, engine)).toBe(false);
    expect(mayRun({ via: 'socket', user: 'root' }, { fun: 'cmd.run', args: ['id'] }, engine)).toBe(true);
    expect(mayRun(ada, { fun: 'cmd.run', args: ['id'] }, createEngine({ publisherAcl }))).toBe(true);
  });

  it('tells what it decided, but not the arguments', () => {
    const decisions: Decision[] = [];
    const engine = createEngine({ onDecision: (decision) => decisions.push(decision) });
    mayRun(callerWith('test.*'), { fun: 'test.echo', args: ['CANARY'] }, engine);
    mayRun(callerWith('test.*'), { fun: 'cmd.run', args: ['CANARY'] }, engine);
    expect(decisions.map(({ fun, isAllowed }) => [fun, isAllowed])).toEqual([
      ['test.echo', true],
      ['cmd.run', false],
    ]);
    expect(JSON.stringify(decisions)).not.toContain('CANARY');
  });
});

describe('the policy engine on runners and wheel functions', () => {
  it.each<[string, Value | Plain, boolean, boolean]>([
    ['everything of the kind', '@runner', true, false],
    ['everything of the kind, in the plural', '@runners', true, false],
    ['everything of a module', '@jobs', true, false],
    ['full names', { '@runner': ['jobs.*'] }, true, false],
    ['names in a module', { '@jobs': ['list_.*'] }, true, false],
    ['other names in a module', { '@jobs': ['active'] }, false, false],
    ['a function entry', '.*', false, false],
    ['the other kind', '@wheel', false, true],
  ])('reads %s', (_name, permission, isRunner, isWheel) => {
    const bob = callerWith(permission);
    expect(mayCall(bob, 'runner', { fun: 'jobs.list_jobs' })).toBe(isRunner);
    expect(mayCall(bob, 'wheel', { fun: 'key.list_all' })).toBe(isWheel);
  });

  it('holds their arguments to patterns', () => {
    const bob = callerWith({ '@wheel': [{ 'key.accept': { kwargs: { match: 'web' } } }] });
    expect(mayCall(bob, 'wheel', { fun: 'key.accept', kwargs: { match: 'web1' } })).toBe(true);
    expect(mayCall(bob, 'wheel', { fun: 'key.accept', kwargs: { match: 'db1' } })).toBe(false);
  });

  it('refuses names that are not MODULE.FUNCTION', () => {
    for (const fun of ['jobs', 'jobs.', 'a.b.c', '']) {
      expect(mayCall(callerWith('@runner'), 'runner', { fun })).toBe(false);
    }
  });

  it('keeps what is blacklisted from running on the master by salt.cmd', () => {
    const engine = createEngine({ blacklist: new Map([['modules', ['cmd.*']]]) });
    const call = (fun: string) => ({ fun: 'salt.cmd', positional: [fun], keyword: new Map() });
    const owner: Caller = { via: 'socket', user: 'root' };
    expect(() => engine.judgeSpecial('runner', call('cmd.run'), owner)).toThrow('may not run');
    engine.judgeSpecial('runner', call('test.ping'), owner);
  });

  it('wants what salt.cmd runs on the master to be allowed too', () => {
    const asked = { fun: 'salt.cmd', args: ['cmd.run', 'id'] };
    expect(mayCall(callerWith('@runner', 'test.*'), 'runner', asked)).toBe(false);
    expect(mayCall(callerWith('@runner', { '*': ['cmd.run'] }), 'runner', asked)).toBe(false);
    expect(mayCall(callerWith('@runner', 'cmd.run'), 'runner', asked)).toBe(true);
  });

  it.each<[string, Asked]>([
    ['by position', { fun: 'salt.cmd', args: ['state.single', 'cmd.run', 'id'] }],
    ['in args', { fun: 'salt.cmd', kwargs: { fun: 'state.single', args: ['cmd.run', 'id'] } }],
    ['in args that are no list', { fun: 'salt.cmd', kwargs: { fun: 'state.single', args: 'cmd.run' } }],
    [
      'in marked keywords',
      { fun: 'salt.cmd', args: ['state.single', { __kwarg__: true, fun: 'cmd.run', name: 'id' }] },
    ],
    [
      'in marked keywords within args',
      { fun: 'salt.cmd', kwargs: { fun: 'test.try_', args: [{ __kwarg__: true, module: 'cmd.run' }] } },
    ],
  ])('reads what salt.cmd is given, %s', (_name, asked) => {
    expect(mayCall(callerWith('@runner', 'test.*', 'state.*'), 'runner', asked)).toBe(false);
    expect(mayCall(callerWith('@runner', '.*'), 'runner', asked)).toBe(true);
  });

  it('wants everything allowed for reactor.add, which gives a file the authority of the master', () => {
    const asked = { fun: 'reactor.add', args: ['salt/auth', ['/tmp/mine.sls']] };
    expect(mayCall(callerWith('@runner', 'test.*'), 'runner', asked)).toBe(false);
    expect(mayCall(callerWith('@runner', '.*'), 'runner', asked)).toBe(true);
  });

  it.each(['state.orchestrate_single', 'state.orchestrate_high', 'rollout.start'])(
    'wants everything allowed for %s, which brings steps of its own',
    (fun) => {
      expect(mayCall(callerWith('@runner', 'test.*'), 'runner', { fun, args: ['x'] })).toBe(false);
      expect(mayCall(callerWith('@runner', '.*'), 'runner', { fun, args: ['x'] })).toBe(true);
    },
  );
});

describe('the policy engine on secrets', () => {
  const target = { type: 'glob', expression: '*' } as const;
  const job = { target, fun: 'pillar.items', positional: [], keyword: new Map(), showsSecrets: true };

  it('shows them to those who may do everything, and to those with @secrets for what they may run', () => {
    const engine = createEngine();
    for (const via of ['socket', 'master'] as const) {
      expect(() => engine.judgeJob(job, { via, user: 'root' })).not.toThrow();
      expect(() => engine.judgeSecrets('pillar.show_pillar', { via, user: 'root' })).not.toThrow();
    }
    expect(() => engine.judgeJob(job, callerWith('pillar.*', '@secrets'))).not.toThrow();
    expect(() => engine.judgeJob(job, callerWith('test.ping', '@secrets'))).toThrow('bob may not run pillar.items');
  });

  it.each([
    [['.*', '@runner', '@wheel', '@jobs']],
    [['.*', { '@secrets': ['.*'] }]],
    [['.*', { '@runner': ['secrets'] }]],
    [[{ '*': ['.*'] }]],
  ])('hides them from one with %j, and records that he asked', (permissions) => {
    const seen: Decision[] = [];
    const engine = createEngine({ onDecision: (decision) => seen.push(decision) });
    const caller = callerWith(...permissions);
    const refusal = expect.objectContaining({ code: 'access-refused', message: 'bob may not see secrets' }) as Error;
    expect(() => engine.judgeJob(job, caller)).toThrow(refusal);
    expect(() => engine.judgeSecrets('pillar.show_pillar', caller)).toThrow(refusal);
    expect(seen.map(({ kind, fun, isAllowed }) => ({ kind, fun, isAllowed }))).toEqual([
      { kind: 'job', fun: 'pillar.items', isAllowed: true },
      { kind: 'secrets', fun: 'pillar.items', isAllowed: false },
      { kind: 'secrets', fun: 'pillar.show_pillar', isAllowed: false },
    ]);
  });
});
