import {
  childAt,
  childrenOf,
  derInteger,
  inner,
  octets,
  oid,
  readDer,
  readOid,
  sequence,
  setOf,
  type DerNode,
} from './der.ts';

const signedContent = '1.2.840.113549.1.7.2';
const plainContent = '1.2.840.113549.1.7.1';

/** Certificates as a PKCS#7 message that nobody signs (RFC 2315), in the order given, as OpenSSL writes them. */
export function wrapCertificates(certificates: readonly Buffer[]): Buffer {
  const body = sequence(
    derInteger(1),
    setOf(),
    sequence(oid(plainContent), inner(0, octets(Buffer.alloc(0)))),
    inner(0, ...certificates),
    setOf(),
  );
  return sequence(oid(signedContent), inner(0, body));
}

/** The certificates of such a message, as they stand in it; `undefined` for what is none. */
export function unwrapCertificates(bytes: Buffer): readonly Buffer[] | undefined {
  const all = readDer(bytes);
  const [type, content] = childrenOf(all);
  if (type?.tag !== 0x06 || readOid(type.content) !== signedContent || content === undefined) return undefined;
  const isCertificates = ({ tag }: DerNode): boolean => tag === 0xa0;
  const certificates = childrenOf(childAt(content, 0)).find(isCertificates);
  return certificates === undefined ? [] : childrenOf(certificates).map(({ whole }) => whole);
}
