import { describe, expect, it } from 'vitest';
import { renderPaths } from './rendered-paths.ts';

const context = { render: async ({ text }: { readonly text: string }) => text.replaceAll(/{{ *(\S*) *}}/g, '$1') };

describe('renderPaths', () => {
  it('renders each path, and none without a template', async () => {
    expect(await renderPaths('jinja', ['/tmp/{{ web1 }}.zip', '/srv'], context)).toEqual(['/tmp/web1.zip', '/srv']);
    expect(await renderPaths(undefined, ['/tmp/{{ web1 }}.zip'], context)).toEqual(['/tmp/{{ web1 }}.zip']);
  });

  it.each(['{{ -T }}', '{{}}', '/tmp/{{ \n }}'])('takes no %j for a path', async (path) => {
    await expect(renderPaths('jinja', [path], context)).rejects.toThrow('does not make a path');
  });
});
