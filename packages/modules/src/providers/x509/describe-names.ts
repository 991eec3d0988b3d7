import { childAt, childrenOf, readDer, readOid, type DerNode } from './der.ts';
import { nameAttributes, nameText, readName } from './names.ts';

/** The first of each part of a name that Salt has a short word for. */
export function describeName(name: DerNode): Record<string, string> {
  const parts = readName(name).flat();
  const found = [...nameAttributes].flatMap(([short, { oid }]) => {
    const part = parts.find(([dotted]) => dotted === oid);
    return part === undefined ? [] : [[short, part[1]] as const];
  });
  return Object.fromEntries(found);
}

/** General names as OpenSSL writes them: `DNS:a`, `IP:10.0.0.0/8`. */
export function describeGeneralNames(names: DerNode): string[] {
  return childrenOf(names).map(describeGeneralName);
}

/** One general name: its kind, a colon, its value. */
export function describeGeneralName({ tag, content }: DerNode): string {
  const text = content.toString('latin1');
  switch (tag & 0x1f) {
    case 1:
      return `mail:${text}`;
    case 2:
      return `DNS:${text}`;
    case 4:
      return `dirName:${nameText(readDer(content))}`;
    case 6:
      return `URI:${text}`;
    case 7:
      return `IP:${describeAddress(content)}`;
    case 8:
      return `RID:${readOid(content)}`;
    case 0:
      return `otherName:${readOid(childAt({ tag, content, whole: content }, 0).content)}`;
    default:
      return `${tag & 0x1f}:${content.toString('hex')}`;
  }
}

function describeAddress(bytes: Buffer): string {
  const isNetwork = bytes.length === 8 || bytes.length === 32;
  const address = isNetwork ? bytes.subarray(0, bytes.length / 2) : bytes;
  const shown = address.length === 4 ? address.join('.') : (address.toString('hex').match(/.{4}/g) ?? []).join(':');
  return isNetwork ? `${shown}/${countBits(bytes.subarray(bytes.length / 2))}` : shown;
}

function countBits(mask: Buffer): number {
  return [...mask].reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
}
