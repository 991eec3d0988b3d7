import { describeState, type FakeProgram } from '@brine/testkit';
import { runFile } from './run-file.ts';
import { run } from './run.ts';

const mysql: FakeProgram = (args, machine, { input = '' }) => {
  const sql = Buffer.from(input).toString();
  if (sql.startsWith('SHOW DATABASES')) return sql.includes("'app'") ? 'app\n' : '';
  machine.facts.set('sql', `${args.find((word) => word.startsWith('--database')) ?? ''} ${sql}`);
  const row = (id: number, name: string): string =>
    `<row><field name="id">${id}</field><field name="name">${name}</field></row>`;
  return `<?xml version="1.0"?>\n<resultset statement="x">${row(1, 'ann')}${row(2, 'bob')}</resultset>\n`;
};
const before = { programs: { mysql }, files: { '/srv/old': 'x' } };
const asked = { name: 'q', database: 'app', query: 'SELECT * FROM user' };
const answer =
  "{'columns': ['id', 'name'], 'results': [{'id': '1', 'name': 'ann'}, {'id': '2', 'name': 'bob'}], 'rows returned': 2}";

describeState(run, [
  {
    title: 'runs a statement and tells its answer',
    before,
    arguments: asked,
    pending: { comment: 'Query would execute, not storing result', changes: { query: 'Executed' } },
    applied: { comment: answer },
    verify: (host) => {
      if (host.facts.get('sql') !== '--database=app SELECT * FROM user;\n') throw new Error('it ran something else');
    },
  },
  {
    title: 'keeps the answer in a file',
    before,
    arguments: { ...asked, output: '/srv/users' },
    pending: {
      comment: 'Query would execute, storing result in file: /srv/users',
      changes: { query: 'Executed. Output into /srv/users' },
    },
    applied: { comment: answer },
    after: { '/srv/users': 'id:1\nname:ann\nid:2\nname:bob\n' },
  },
  {
    title: 'does not run again where the file is there',
    before,
    arguments: { ...asked, output: '/srv/old', overwrite: false },
    ok: 'No execution needed. File /srv/old already set',
  },
  {
    title: 'does not run again where the grain is there',
    before,
    surroundings: { grains: { app: { users: 2 } } },
    arguments: { ...asked, output: 'grain', grain: 'app', key: 'users', overwrite: false },
    ok: 'No execution needed. Grain app:users already set',
  },
  {
    title: 'keeps the answer in a grain',
    before,
    surroundings: {
      functions: {
        'grains.set': ([name], keyword, host) => {
          host.facts.set('grain', [name, keyword.get('force')]);
          return true;
        },
      },
    },
    arguments: { ...asked, output: 'grain', grain: 'users' },
    pending: {
      comment: 'Query would execute, storing result in grain: users',
      changes: { query: 'Executed. Output into grain: users' },
    },
    applied: { comment: answer },
    verify: (host) => {
      if (String(host.facts.get('grain')) !== 'users,true') throw new Error('the grain was not set');
    },
  },
  {
    title: 'refuses a database that is not there',
    before,
    arguments: { ...asked, database: 'other' },
    fails: 'Database other is not present',
  },
]);
describeState(runFile, [
  {
    title: 'runs a file of the file server',
    before,
    surroundings: { served: { 'app/schema.sql': 'CREATE TABLE x (id INT);\n' } },
    arguments: { name: 'salt://app/schema.sql', database: 'app' },
    pending: { comment: 'Query would execute, not storing result', changes: { query: 'Executed' } },
    applied: { comment: answer },
  },
  {
    title: 'fails without the file',
    before,
    arguments: { name: 'salt://none.sql', database: 'app' },
    fails: "Source file salt://none.sql not found in saltenv 'base'",
  },
]);
