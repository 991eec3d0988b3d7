import { afterAll, describe, expect, it } from 'vitest';
import { createRealRun } from './run-state.ts';

const isDebianRoot = process.getuid?.() === 0 && (await createRealRun().host.which('apt-get')) !== undefined;

describe.skipIf(!isDebianRoot)('packages on real apt', () => {
  afterAll(async () => {
    await createRealRun().apply('pkg.purged', { name: 'hello' });
  }, 300_000);

  it('installs a package, then finds it installed, then removes it', { timeout: 300_000 }, async () => {
    const run = createRealRun();
    await run.apply('pkg.removed', { name: 'hello' });
    const pending = await run.check('pkg.installed', { name: 'hello', refresh: false });
    expect(pending).toMatchObject({
      kind: 'change',
      pending: {
        comment: 'The following packages would be installed/updated: hello',
        changes: { hello: { new: 'installed', old: '' } },
      },
    });
    const installed = await run.apply('pkg.installed', { name: 'hello', refresh: false });
    expect(installed).toMatchObject({ comment: 'The following packages were installed/updated: hello' });
    expect(Object.keys(installed.changes)).toEqual(['hello']);
    expect(await run.apply('pkg.installed', { name: 'hello', version: '2.*' })).toEqual({
      kind: 'ok',
      comment: 'All specified packages are already installed and are at the desired version',
      changes: {},
    });
    expect(await run.apply('pkg.held', { name: 'hello' })).toEqual({
      kind: 'change',
      comment: 'Package hello is now being held.',
      changes: { hello: { new: 'hold', old: 'install' } },
    });
    await run.apply('pkg.unheld', { name: 'hello' });
    const removed = await run.apply('pkg.removed', { name: 'hello' });
    expect(removed).toMatchObject({ comment: 'All targeted packages were removed.' });
  });

  it('says which package is not known, with what resembles it', { timeout: 120_000 }, async () => {
    const answer = await createRealRun().apply('pkg.installed', { name: 'hello-tradition', refresh: false });
    expect(answer).toMatchObject({
      failed: true,
      comment: "Package 'hello-tradition' not found (possible matches: hello-traditional)",
      changes: {},
    });
  });
});
