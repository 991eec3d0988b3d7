import type { Plain } from '@brine/common';
import { childAt, childrenOf, readOid, type DerNode } from './der.ts';
import { practiceStatement } from './extension-values.ts';

/** The policies of a certificate: by its object identifier, what qualifies each. */
export function describePolicies(value: DerNode): Plain[] {
  return childrenOf(value).map((policy) => {
    const [id, qualifiers] = childrenOf(policy);
    const list = qualifiers === undefined ? [] : childrenOf(qualifiers).map(describeQualifier);
    return { [id === undefined ? '' : readOid(id.content)]: list };
  });
}

function describeQualifier(qualifier: DerNode): Plain {
  const value = childAt(qualifier, 1);
  if (readOid(childAt(qualifier, 0).content) === practiceStatement)
    return { practice_statement: value.content.toString('latin1') };
  const parts = childrenOf(value);
  const reference = parts.find(({ tag }) => tag === 0x30);
  const text = parts.find(({ tag }) => tag !== 0x30);
  return {
    // The misspelt name is Salt's.
    organizataion: reference === undefined ? null : childAt(reference, 0).content.toString('utf8'),
    notice_numbers:
      reference === undefined
        ? null
        : childrenOf(childAt(reference, 1)).map(({ content }) => Number(BigInt(`0x${content.toString('hex')}`))),
    explicit_text: text === undefined ? null : noticeText(text),
  };
}

function noticeText({ tag, content }: DerNode): string {
  return tag === 0x1e ? Buffer.from(content).swap16().toString('utf16le') : content.toString('utf8');
}
