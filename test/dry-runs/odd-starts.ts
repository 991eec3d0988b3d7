import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** How a path may be before a state comes: the name says it, the function makes it. */
export const oddStarts: Readonly<Record<string, (target: string) => void>> = {
  'is not there': () => {},
  'is a file': (target) => writeFileSync(target, 'one\nkey = value\n# commented\nlast\n'),
  'is a file without an end of line': (target) => writeFileSync(target, 'one\nkey=value\nlast'),
  'is an empty file': (target) => writeFileSync(target, ''),
  'is a file of bytes': (target) => writeFileSync(target, Buffer.from([0, 255, 254, 10, 128, 13, 10])),
  'is a file with lines of Windows': (target) => writeFileSync(target, 'one\r\nkey=value\r\n#commented\r\n'),
  'is a read-only file': (target) => {
    writeFileSync(target, 'one\n');
    chmodSync(target, 0o400);
  },
  'is a file of somebody else': (target) => {
    writeFileSync(target, 'one\n');
    chownSync(target, 65_534, 65_534);
    chmodSync(target, 0o4711);
  },
  'is a file with two names': (target) => {
    writeFileSync(target, 'one\n');
    linkSync(target, `${target}.other`);
  },
  'is an empty directory': (target) => mkdirSync(target),
  'is a full directory': (target) => {
    mkdirSync(join(target, 'inner'), { recursive: true });
    writeFileSync(join(target, 'inner', 'file'), 'one\n');
    writeFileSync(join(target, 'file'), 'one\n');
    symlinkSync('nowhere', join(target, 'link'));
  },
  'is a link to a file': (target) => {
    writeFileSync(`${target}.real`, 'one\n');
    symlinkSync(`${target}.real`, target);
  },
  'is a link to a directory': (target) => {
    mkdirSync(`${target}.real`);
    symlinkSync(`${target}.real`, target);
  },
  'is a link to nowhere': (target) => symlinkSync(`${target}.none`, target),
  'is a link to itself': (target) => symlinkSync(target, target),
  'is a pipe': (target) => void execFileSync('mkfifo', [target]),
  'is a device': (target) => void execFileSync('mknod', [target, 'c', '1', '3']),
  'has no parent': () => {},
  'has a file for a parent': (target) => writeFileSync(dirname(target), 'one\n'),
  'has a link to nowhere for a parent': (target) => symlinkSync('nowhere', dirname(target)),
};

/** The path of the target of a start. */
export function targetIn(folder: string, start: string): string {
  return start.includes('parent') ? join(folder, 'parent', 'target') : join(folder, 'target');
}
