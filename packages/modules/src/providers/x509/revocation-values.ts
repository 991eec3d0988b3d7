import { isDict, pythonStr, type Dict, type Value } from '@brine/common';
import { childrenOf, der, derInteger, generalizedTime, primitive, readDer, sequence } from './der.ts';
import { distributionPlace, isCritical, reasonBits, refuse, words, type ExtensionBuilder } from './extension-values.ts';
import { toGeneralNames } from './general-names.ts';

export const wholeNumber: ExtensionBuilder = (value) => {
  const text = pythonStr(value);
  if (!/^\d+$/.test(text)) return refuse('cRLNumber must be an integer and must be marked as non-critical');
  return { critical: false, value: derInteger(BigInt(text)) };
};

export const reasonCodes = [
  ...['unspecified', 'keyCompromise', 'cACompromise', 'affiliationChanged', 'superseded', 'cessationOfOperation'],
  ...['certificateHold', '', 'removeFromCRL', 'privilegeWithdrawn', 'aACompromise'],
];

export const crlReason: ExtensionBuilder = (value) => {
  const [word = ''] = words(value);
  const code = reasonCodes.findIndex((reason) => reason.toLowerCase() === word.toLowerCase());
  if (code < 0 || word === '') return refuse(`'${word}' is not a valid ReasonFlags`);
  return { critical: isCritical(value), value: der(0x0a, Buffer.from([code])) };
};

export const invalidityDate: ExtensionBuilder = (value) => {
  const text = pythonStr(value);
  const moment = new Date(`${text.replace(/^critical\s*,?\s*/, '').replace(' ', 'T')}Z`);
  if (Number.isNaN(moment.getTime())) return refuse(`time data '${text}' does not match format '%Y-%m-%d %H:%M:%S'`);
  return { critical: text.startsWith('critical'), value: generalizedTime(moment) };
};

export const deltaIndicator: ExtensionBuilder = (value) => {
  const text = pythonStr(value);
  const [number, ...others] = text.match(/\d+/g) ?? [];
  if (number === undefined || others.length > 0)
    return refuse('deltaCRLIndicator must contain a single integer pointing to a cRLNumber');
  return { critical: text.includes('critical'), value: derInteger(BigInt(number)) };
};

export const issuingDistributionPoint: ExtensionBuilder = (value) => {
  if (!isDict(value)) return refuse('issuingDistributionPoint must be a dictionary');
  const kinds = ['onlyuser', 'onlyCA', 'onlyAA'].filter((key) => value.get(key) === true);
  if (kinds.length > 1) return refuse(`Only one of ${kinds.join(', ')} can be true`);
  const parts = [
    ...distributionPlace(value),
    ...switchOn(value, 'onlyuser', 1),
    ...switchOn(value, 'onlyCA', 2),
    ...reasonBits(3, value.get('onlysomereasons')),
    ...switchOn(value, 'indirectCRL', 4),
    ...switchOn(value, 'onlyAA', 5),
  ];
  if (parts.length === 0) return refuse('Cannot create empty extension: issuingDistributionPoint');
  return { critical: isCritical(value), value: sequence(...parts) };
};

function switchOn(given: Dict, key: string, tag: number): readonly Buffer[] {
  return given.get(key) === true ? [primitive(tag, Buffer.from([0xff]))] : [];
}

const subjectNamesOid = '2.5.29.17';

/** Alternative names of the issuer, with `issuer:copy` those of its certificate. */
export const issuerNames: ExtensionBuilder = (value, { issuerCertificate }) => {
  const items: readonly Value[] =
    typeof value === 'string' ? value.split(',').map((item) => item.trim()) : Array.isArray(value) ? value : [value];
  const isCopy = (item: Value): boolean =>
    isDict(item) ? item.get('issuer') === 'copy' : /^issuer\s*:\s*copy$/.test(pythonStr(item).trim());
  const own = toGeneralNames(items.filter((item) => !isCopy(item)));
  if (!items.some(isCopy)) return { critical: isCritical(value), value: sequence(...own) };
  if (issuerCertificate === undefined) return refuse('Need CA certificate to copy to issuerAltName');
  const names = issuerCertificate.extensions.find(({ oid }) => oid === subjectNamesOid);
  if (names === undefined) return refuse('The certificate of the issuer has no subjectAltName to copy');
  const copied = childrenOf(readDer(names.value)).map(({ whole }) => whole);
  return { critical: isCritical(value), value: sequence(...copied, ...own) };
};
