import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkout, importsOf, readSourceFiles } from './source-files.ts';

/** Which package may import which; ARCHITECTURE.md shows the same table with its reasons. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  common: [],
  jinja: ['common'],
  sls: ['common', 'jinja'],
  bus: ['common'],
  modules: ['common'],
  daemon: ['common', 'bus'],
  returners: ['common', 'jinja', 'daemon'],
  minion: ['common', 'jinja', 'sls', 'bus', 'modules', 'daemon', 'returners'],
  api: ['common'],
  master: ['common', 'jinja', 'sls', 'bus', 'api', 'modules', 'daemon', 'minion', 'returners'],
  cli: ['common'],
  testkit: ['common', 'jinja', 'sls', 'bus', 'modules', 'daemon', 'minion', 'api', 'master', 'cli', 'returners'],
};

/** The doors of packages; everything else in them is private. */
const doors = new Set([
  ...[
    '@brine/common/launch',
    '@brine/common/schedule',
    '@brine/common/schemas',
    '@brine/modules/kit',
    '@brine/minion/job-workers',
  ],
]);

/** Who may load native networking and cryptography, the database, the web server and so on. */
const outside: Readonly<Record<string, readonly string[]>> = {
  zeromq: ['bus'],
  // Sessions, and the functions that users encrypt their secrets with.
  tweetnacl: ['bus', 'modules'],
  'js-yaml': ['common'],
  msgpackr: ['common'],
  nunjucks: [],
  fastify: ['api'],
  '@fastify/send': ['api'],
  ws: ['api'],
  bcryptjs: ['master'],
  ldapts: ['master'],
  // What keeps jobs, and the stores of values that users have in such files.
  libsql: ['master', 'daemon', 'modules'],
  '@redis/client': ['returners'],
  nodemailer: ['returners', 'modules'],
  pg: ['returners', 'daemon'],
  pino: ['daemon'],
};

const files = readSourceFiles();

describe('the import table', () => {
  it('names every package there is', () => {
    expect(readdirSync(join(checkout, 'packages')).toSorted()).toEqual(Object.keys(mayImport).toSorted());
  });

  it('is kept by every source file', () => {
    const violations = files.flatMap(({ path, packageName, text, isTest }) =>
      importsOf(text)
        .filter((name) => name.startsWith('@brine/'))
        .filter((name) => {
          const other = name.split('/')[1] ?? '';
          const isAllowed = mayImport[packageName]?.includes(other) ?? false;
          const isDoor = name === `@brine/${other}` || doors.has(name);
          return !(isDoor && (isAllowed || (isTest && other === 'testkit')));
        })
        .map((name) => `${path} imports ${name}`),
    );
    expect(violations).toEqual([]);
  });

  it('is what the packages declare as dependencies', () => {
    const undeclared = files.flatMap(({ path, packageName, text, isTest }) => {
      const manifest = JSON.parse(readFileSync(join(checkout, 'packages', packageName, 'package.json'), 'utf8')) as {
        dependencies?: Record<string, string>;
      };
      const declared = new Set(Object.keys(manifest.dependencies ?? {}));
      return importsOf(text)
        .filter((name) => !name.startsWith('.') && !name.startsWith('node:'))
        .map((name) =>
          name
            .split('/')
            .slice(0, name.startsWith('@') ? 2 : 1)
            .join('/'),
        )
        .filter((name) => !isTest && !declared.has(name))
        .map((name) => `${path} imports ${name}`);
    });
    expect(undeclared).toEqual([]);
  });

  it('keeps relative imports inside their package', () => {
    const escapes = files.flatMap(({ path, packageName, text }) =>
      importsOf(text)
        .filter((name) => name.startsWith('.'))
        .filter((name) => !normalize(join(dirname(path), name)).startsWith(`packages/${packageName}/`))
        .map((name) => `${path} imports ${name}`),
    );
    expect(escapes).toEqual([]);
  });

  it('keeps each outside library in the packages that own it', () => {
    const strays = files.flatMap(({ path, packageName, text, isTest }) =>
      importsOf(text)
        .map((name) => name.split('/')[0] ?? '')
        .filter((name) => !isTest && outside[name]?.includes(packageName) === false)
        .map((name) => `${path} imports ${name}`),
    );
    expect(strays).toEqual([]);
  });
});
