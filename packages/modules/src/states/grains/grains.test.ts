import { describeState } from '@brine/testkit';
import { absent } from './absent.ts';
import { listAbsent } from './list-absent.ts';
import { listPresent } from './list-present.ts';
import { present } from './present.ts';

const functions = { 'grains.set': () => ({ result: true }), 'grains.delkey': () => ({ result: true }) };
const surroundings = { functions, grains: { roles: ['web'], site: { rack: 4 } } };
const again = 'the grains of a case are made anew for each look';

describeState(present, [
  {
    title: 'knows a nested grain',
    surroundings,
    arguments: { name: 'site:rack', value: 4 },
    ok: 'Grain is already set',
  },
  {
    title: 'replaces no list unless forced to',
    surroundings,
    arguments: { name: 'roles', value: 'db' },
    fails: "The key 'roles' exists but is a dict or a list. Use 'force=True' to overwrite.",
  },
]);
describeState(absent, [
  {
    title: 'empties a grain',
    surroundings,
    arguments: { name: 'site:rack' },
    pending: {
      comment: 'Value for grain site:rack is set to be deleted (None)',
      changes: { grain: 'site:rack', value: null },
    },
    applied: { comment: 'Value for grain site:rack was set to None' },
    again,
  },
  {
    title: 'removes a grain altogether',
    surroundings,
    arguments: { name: 'roles', destructive: true, force: true },
    pending: { comment: 'Grain roles is set to be deleted', changes: { deleted: 'roles' } },
    applied: { comment: 'Grain roles was deleted' },
    again,
  },
]);
describeState(listPresent, [
  {
    title: 'appends a value',
    surroundings,
    arguments: { name: 'roles', value: 'db' },
    pending: {
      comment: 'Value db is set to be appended to grain roles',
      changes: { new: new Map([['roles', ['web', 'db']]]) },
    },
    applied: { comment: 'Append value db to grain roles' },
    again,
  },
  {
    title: 'knows a value that is there',
    surroundings,
    arguments: { name: 'roles', value: 'web' },
    ok: 'Value web is already in grain roles',
  },
]);
describeState(listAbsent, [
  {
    title: 'takes a value away',
    surroundings,
    arguments: { name: 'roles', value: ['web', 'db'] },
    pending: {
      comment: 'Value web in grain roles is set to be deleted\nValue db is absent from grain roles',
      changes: { deleted: ['web'] },
    },
    applied: { comment: 'Value web was deleted from grain roles\nValue db is absent from grain roles' },
    again,
  },
]);
