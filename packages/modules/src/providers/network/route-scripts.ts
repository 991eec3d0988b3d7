import { pythonStr, type Dict } from '@brine/common';

/** A script that sets or takes away the routes of an interface. */
export interface RouteScript {
  readonly path: string;
  readonly content: string;
}

/** The scripts of ifupdown for the routes of an interface: when it comes up, and when it goes down. */
export function routeScripts(name: string, routes: readonly Dict[]): readonly RouteScript[] {
  return (['up', 'down'] as const).map((direction) => ({
    // run-parts runs no file with a dot in its name.
    path: `/etc/network/if-${direction}.d/route-${name.replaceAll('.', '_')}`,
    content: scriptOf(name, routes, direction === 'up' ? 'add' : 'del'),
  }));
}

function scriptOf(name: string, rows: readonly Dict[], action: 'add' | 'del'): string {
  const lines = rows.map((row) => {
    const text = (key: string): string => {
      const value = row.get(key);
      return value === undefined || value === null ? '' : pythonStr(value).replace(/[\s;&|<>$\x60"'\\]/g, '');
    };
    const title = row.get('name') === undefined ? '' : `# ${pythonStr(row.get('name') ?? '').replace(/\s+/g, ' ')}\n`;
    const target = `${text('ipaddr')}${text('netmask') === '' ? '' : `/${text('netmask')}`}`;
    const via = text('gateway') === '' ? '' : `via ${text('gateway')}`;
    const metric = text('metric') === '' ? '' : ` metric ${text('metric')}`;
    return `${title}ip route ${action} ${target} ${via} dev ${name}${metric}\n`;
  });
  return `#!/bin/sh\n# ${action}\ntest "\${IFACE}" = "${name}" || exit 0\n${lines.join('')}`;
}
