import { createFakeHost } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { findGrainModules } from './find-grain-modules.ts';

describe('findGrainModules', () => {
  it('takes modules by name, the first folder first, and leaves out what is private, disabled or no module', async () => {
    const host = createFakeHost({
      files: {
        '/own/b.py': '',
        '/own/README': '',
        '/ext/_private.py': '',
        '/ext/a.mjs': '',
        '/ext/a.py': '',
        '/ext/b.py': '',
        '/ext/fast.so': '',
        '/ext/off.py': '',
        '/ext/plain/deep.py': '',
        '/ext/pkg/__init__.py': '',
        '/ext/z.js': '',
      },
    });
    expect(await findGrainModules(host, ['/own', '/none', '/ext'], new Set(['off']))).toEqual({
      modules: [
        { name: 'b', file: '/own/b.py', language: 'python', isPackage: false },
        { name: 'a', file: '/ext/a.py', language: 'python', isPackage: false },
        { name: 'pkg', file: '/ext/pkg/__init__.py', language: 'python', isPackage: true },
        { name: 'z', file: '/ext/z.js', language: 'javascript', isPackage: false },
      ],
      unfit: [{ file: '/ext/fast.so', reason: 'only .py, .mjs and .js are run' }],
    });
  });
});
