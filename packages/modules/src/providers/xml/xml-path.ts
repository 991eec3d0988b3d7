import { AppError } from '@brine/common';
import type { XmlElement } from './xml-document.ts';

/**
 * The first element that a path leads to from the root: names, `*`, `.`, `..`, `//`, and conditions `[@a]`, `[@a='v']`,
 * `[@a!='v']`, `[tag]`, `[tag='v']`, `[.='v']`, `[1]`, `[last()]` and `[last()-1]`, as Python's ElementTree has them.
 * Throws `state-failed` for other forms.
 */
export function findXml(root: XmlElement, path: string): XmlElement | undefined {
  if (path.startsWith('/')) throw invalid('cannot use absolute path on element');
  const steps = path.match(/\/\/|\/|(?:\{[^}]*\})?[^/[\]{}]+|\[(?:[^\]'"]|'[^']*'|"[^"]*")*\]/g) ?? [];
  if (steps.join('') !== path || steps.length === 0) throw invalid('invalid path');
  let found: readonly XmlElement[] = [root];
  let isDeep = false;
  for (const [index, step] of steps.entries()) {
    if (step === '/') continue;
    if (step === '//') {
      if (index === steps.length - 1) throw invalid('invalid path');
      isDeep = true;
    } else if (step.startsWith('[')) {
      found = filter(found, step.slice(1, -1).trim());
    } else {
      found = unique(found.flatMap((element) => advance(element, step, isDeep)));
      isDeep = false;
    }
  }
  return found[0];
}

function invalid(what: string): AppError {
  return new AppError({ code: 'state-failed', message: what });
}

function unique(elements: readonly XmlElement[]): readonly XmlElement[] {
  return [...new Set(elements)];
}

function advance(element: XmlElement, step: string, isDeep: boolean): readonly XmlElement[] {
  if (step === '.') return isDeep ? [element, ...descendants(element)] : [element];
  if (step === '..') return element.parent === undefined ? [] : [element.parent];
  const offered = isDeep ? descendants(element) : element.children;
  return step === '*' ? offered : offered.filter(({ tag }) => tag === step);
}

function descendants(element: XmlElement): readonly XmlElement[] {
  return element.children.flatMap((child) => [child, ...descendants(child)]);
}

function filter(elements: readonly XmlElement[], condition: string): readonly XmlElement[] {
  const [, attribute, not, wanted] = /^@([^\s=!]+)(?:\s*(!?)=\s*('[^']*'|"[^"]*"))?$/.exec(condition) ?? [];
  if (attribute !== undefined) {
    const value = wanted?.slice(1, -1);
    return elements.filter(({ attributes }) => {
      const found = attributes.get(attribute);
      if (found === undefined) return false;
      return value === undefined || (found === value) !== (not === '!');
    });
  }
  const [, last, minus = '0', number] = /^(?:(last\(\))(?:\s*-\s*(\d+))?|(\d+))$/.exec(condition) ?? [];
  if (last !== undefined || number !== undefined)
    return elements.filter((element) =>
      isAt(element, number === undefined ? undefined : Number(number), Number(minus)),
    );
  return filterByText(elements, condition);
}

// Counted among the siblings of the same name.
function isAt(element: XmlElement, number: number | undefined, minus: number): boolean {
  if (number === 0) throw invalid('XPath position >= 1 expected');
  const siblings = element.parent?.children.filter(({ tag }) => tag === element.tag) ?? [];
  return siblings[number === undefined ? siblings.length - 1 - minus : number - 1] === element;
}

function filterByText(elements: readonly XmlElement[], condition: string): readonly XmlElement[] {
  const [, tag, not, wanted] = /^([^\s=!@]+)(?:\s*(!?)=\s*('[^']*'|"[^"]*"))?$/.exec(condition) ?? [];
  if (tag === undefined) throw invalid('invalid predicate');
  const value = wanted?.slice(1, -1);
  return elements.filter((element) => {
    const looked = tag === '.' ? [element] : element.children.filter((child) => child.tag === tag);
    return looked.some((each) => value === undefined || (fullText(each) === value) !== (not === '!'));
  });
}

function fullText(element: XmlElement): string {
  return element.text + element.children.map((child) => fullText(child)).join('');
}
