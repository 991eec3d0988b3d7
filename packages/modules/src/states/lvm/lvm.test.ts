import { describeState, type FakeHost, type FakeProgram } from '@brine/testkit';
import { lvAbsent } from './lv-absent.ts';
import { lvPresent } from './lv-present.ts';
import { pvAbsent } from './pv-absent.ts';
import { pvPresent } from './pv-present.ts';
import { vgAbsent } from './vg-absent.ts';
import { vgPresent } from './vg-present.ts';

type Rows = readonly Readonly<Record<string, string>>[];

function rowsOf(machine: FakeHost, kind: string): Rows {
  return machine.facts.get(kind) as Rows;
}

const report =
  (kind: string): FakeProgram =>
  (_, machine) =>
    JSON.stringify({ report: [{ [kind]: rowsOf(machine, kind) }] });

const change =
  (kind: string, work: (rows: Rows, words: readonly string[]) => Rows): FakeProgram =>
  (words, machine) => {
    machine.facts.set(kind, work(rowsOf(machine, kind), words));
    return 'done\n';
  };

const mebibyte = 1024 ** 2;
const last = (words: readonly string[]): string => words.at(-1) ?? '';
const after = (words: readonly string[], option: string): string => words[words.indexOf(option) + 1] ?? '';
const without = (key: string, name: string) => (rows: Rows) => rows.filter((row) => row[key] !== name);

const programs = {
  pvs: report('pv'),
  vgs: report('vg'),
  lvs: report('lv'),
  pvcreate: change('pv', (rows, words) => [...rows, { pv_name: last(words), vg_name: '' }]),
  pvremove: change('pv', (rows, words) => without('pv_name', last(words))(rows)),
  vgcreate: (words: readonly string[], machine: FakeHost) => {
    const [, name = '', ...devices] = words;
    machine.facts.set('vg', [...rowsOf(machine, 'vg'), { vg_name: name }]);
    const others = rowsOf(machine, 'pv').filter((row) => !devices.includes(row['pv_name'] ?? ''));
    machine.facts.set('pv', [...others, ...devices.map((device) => ({ pv_name: device, vg_name: name }))]);
    return 'done\n';
  },
  vgremove: change('vg', (rows, words) => without('vg_name', last(words))(rows)),
  vgextend: change('pv', (rows, words) =>
    rows.map((row) => (words.includes(row['pv_name'] ?? '') ? { ...row, vg_name: words[1] ?? '' } : row)),
  ),
  lvcreate: change('lv', (rows, words) => [
    ...rows,
    {
      lv_name: after(words, '--name'),
      vg_name: last(words),
      lv_size: `${12 * mebibyte}`,
      vg_extent_size: `${4 * mebibyte}`,
    },
  ]),
  lvresize: change('lv', (rows, words) =>
    rows.map((row) => ({ ...row, lv_size: after(words, '--size').replace('b', '') })),
  ),
  lvremove: change('lv', (rows, words) => without('lv_name', last(words).split('/')[1] ?? '')(rows)),
};

const before = {
  programs,
  facts: {
    pv: [
      { pv_name: '/dev/sdb', vg_name: 'data' },
      { pv_name: '/dev/sdc', vg_name: '' },
      { pv_name: '/dev/sdd', vg_name: 'other' },
    ],
    vg: [{ vg_name: 'data' }],
    lv: [{ lv_name: 'logs', vg_name: 'data', lv_size: `${8 * mebibyte}`, vg_extent_size: `${4 * mebibyte}` }],
  },
};

describeState(pvPresent, [
  {
    title: 'makes a physical volume',
    before,
    arguments: { name: '/dev/sde', metadatasize: '1m' },
    pending: { comment: 'Physical Volume /dev/sde is set to be created', changes: { created: '/dev/sde' } },
    applied: { comment: 'Created Physical Volume /dev/sde' },
  },
  { title: 'leaves one', before, arguments: { name: '/dev/sdb' }, ok: 'Physical Volume /dev/sdb already present' },
  { title: 'wants a path', before, arguments: { name: '-x' }, fails: '-x is not the path of a device' },
]);

describeState(pvAbsent, [
  {
    title: 'removes a physical volume',
    before,
    arguments: { name: '/dev/sdc' },
    pending: { comment: 'Physical Volume /dev/sdc is set to be removed', changes: { removed: '/dev/sdc' } },
    applied: { comment: 'Removed Physical Volume /dev/sdc' },
  },
]);

describeState(vgPresent, [
  {
    title: 'makes a group',
    before,
    arguments: { name: 'new', devices: '/dev/sdc,/dev/sde' },
    pending: { comment: 'Volume Group new is set to be created', changes: { created: 'new' } },
    applied: { comment: 'Created Volume Group new' },
  },
  {
    title: 'adds a device that is free',
    before,
    arguments: { name: 'data', devices: ['/dev/sdb', '/dev/sdc'] },
    pending: {
      comment: 'Volume Group data already present\n/dev/sdc is set to be added',
      changes: { '/dev/sdc': 'added to data' },
    },
    applied: { comment: 'Volume Group data already present' },
  },
  {
    title: 'takes no device of another group',
    before,
    arguments: { name: 'data', devices: ['/dev/sdd', '/dev/sdz'] },
    fails: 'Volume Group data already present\n/dev/sdd is part of other\npv /dev/sdz is not present',
  },
]);

describeState(vgAbsent, [
  {
    title: 'removes a group',
    before,
    arguments: { name: 'data' },
    pending: { comment: 'Volume Group data is set to be removed', changes: { removed: 'data' } },
    applied: { comment: 'Removed Volume Group data' },
  },
]);

describeState(lvPresent, [
  {
    title: 'makes a volume',
    before,
    arguments: { name: 'home', vgname: 'data', size: '12M' },
    pending: { comment: 'Logical Volume home is set to be created', changes: { created: 'home' } },
    applied: { comment: 'Created Logical Volume home' },
  },
  {
    title: 'makes a volume larger, in whole extents',
    before,
    arguments: { name: 'logs', vgname: 'data', size: '10M' },
    pending: {
      comment: 'Logical Volume logs is set to be resized',
      changes: { resized: { old: 8 * mebibyte, new: 12 * mebibyte } },
    },
    applied: { comment: 'Resized Logical Volume logs' },
  },
  {
    title: 'makes a volume smaller only by force',
    before,
    arguments: { name: 'logs', vgname: 'data', extents: 1 },
    fails: "To reduce a Logical Volume option 'force' must be True.",
  },
  {
    title: 'leaves one whose size is a part',
    before,
    arguments: { name: 'logs', vgname: 'data', extents: '100%FREE' },
    ok: "Logical Volume logs already present, 100%FREE won't be resized.",
  },
  {
    title: 'takes one of size and extents',
    before,
    arguments: { name: 'logs', vgname: 'data', extents: 1, size: '1G' },
    fails: 'Only one of extents or size can be specified.',
  },
  {
    title: 'refuses a name that is an option',
    before,
    arguments: { name: '--force', vgname: 'data', size: '1G' },
    fails: 'The name --force cannot be that of a volume',
  },
]);

describeState(lvAbsent, [
  {
    title: 'removes a volume',
    before,
    arguments: { name: 'logs', vgname: 'data' },
    pending: { comment: 'Logical Volume logs is set to be removed', changes: { removed: 'logs' } },
    applied: { comment: 'Removed Logical Volume logs' },
  },
]);
