import { pythonStr, type Dict, type Value } from '@brine/common';
import { afterJump } from './after-jump.ts';

// What a step has beside the options of a rule.
const noOptions = new Set(['name', 'state', 'chain', 'save', 'table', 'family', 'position', 'rules', 'fun']);

/**
 * Writes a rule from its options, as Salt orders them: interfaces, protocol, matches, states, ports, comment, the rest,
 * the target and what belongs to it. A value that begins with `!` or `not` is negated. Answers what is wrong as an error.
 */
export function writeRule(options: Dict): { readonly rule: string } | { readonly wrong: string } {
  const left = readOptions(options);
  const hasProtocol = left.has('protocol');
  const parts = [
    ...take(left, 'if', '-i'),
    ...take(left, 'of', '-o'),
    ...take(left, 'protocol', '-p'),
    ...takeMatches(left),
    ...takeSets(left),
  ];
  if (left.has('connstate')) once(parts, '-m state').push(...take(left, 'connstate', '--state'));
  parts.push(...take(left, 'dport', '--dport'), ...take(left, 'sport', '--sport'));
  const several = ['dports', 'sports'].filter((ports) => left.has(ports));
  if (several.length > 0 && !hasProtocol) return { wrong: 'Error: protocol must be specified' };
  for (const ports of several) once(parts, '-m multiport').push(...takePorts(left, ports));
  if (left.has('comment')) once(parts, '-m comment').push(`--comment "${textOf(pull(left, 'comment'))}"`);
  if (isFilled(left.get('set'))) parts.push(...take(left, 'set', '--match-set'));
  const last = takeAfterJump(left);
  for (const key of [...left.keys()]) parts.push(...take(left, key, `${key.length === 1 ? '-' : '--'}${key}`));
  return { rule: [...parts, ...last].join(' ') };
}

function readOptions(options: Dict): Map<string, Value> {
  const left = new Map<string, Value>();
  for (const [key, value] of options) if (!noOptions.has(pythonStr(key))) left.set(pythonStr(key), value);
  if (left.has('target')) rename(left, 'target', 'jump');
  if (left.has('proto') && left.get('match') !== 'policy') rename(left, 'proto', 'protocol');
  return left;
}

function rename(left: Map<string, Value>, from: string, to: string): void {
  left.set(to, pull(left, from));
}

function pull(left: Map<string, Value>, key: string): Value {
  const value = left.get(key) ?? null;
  left.delete(key);
  return value;
}

function isFilled(value: Value | undefined): boolean {
  return value !== undefined && value !== null && value !== '' && value !== false;
}

function textOf(value: Value): string {
  return pythonStr(value);
}

function once(parts: string[], part: string): string[] {
  if (!parts.includes(part)) parts.push(part);
  return parts;
}

function negated(text: string): { readonly sign: string; readonly rest: string } {
  const isNegated = text.startsWith('!') || text.startsWith('not');
  return { sign: isNegated ? '! ' : '', rest: isNegated ? text.replace(/(!|not)\s?/g, '') : text };
}

function take(left: Map<string, Value>, key: string, option: string): readonly string[] {
  if (!left.has(key)) return [];
  const value = pull(left, key);
  if (value === null || value === '') return [option];
  const { sign, rest } = negated(textOf(value));
  return [`${sign}${option} ${rest}`];
}

function takeMatches(left: Map<string, Value>): string[] {
  if (!left.has('match')) return [];
  const value = pull(left, 'match');
  const matches = Array.isArray(value) ? value.map(textOf) : textOf(value).split(',');
  const parts = matches.flatMap((match) => {
    const isNamed = left.has('name_') && ['pknock', 'quota2', 'recent'].includes(match.trim());
    return [`-m ${match}`, ...(isNamed ? [`--name ${textOf(pull(left, 'name_'))}`] : [])];
  });
  return [...parts, ...(value === 'policy' ? take(left, 'proto', '--proto') : [])];
}

function takeSets(left: Map<string, Value>): readonly string[] {
  if (!left.has('match-set')) return [];
  const value = pull(left, 'match-set');
  return (Array.isArray(value) ? value : [value]).map((set) => {
    const { sign, rest } = negated(textOf(set));
    return `-m set ${sign}--match-set ${rest}`;
  });
}

function takePorts(left: Map<string, Value>, key: string): readonly string[] {
  const value = pull(left, key);
  const ports = (Array.isArray(value) ? value : [value]).map((port) => negated(textOf(port)));
  const sign = ports.some((port) => port.sign !== '') ? ['!'] : [];
  return [...sign, `--${key} ${ports.map((port) => port.rest).join(',')}`];
}

function takeAfterJump(left: Map<string, Value>): readonly string[] {
  return afterJump
    .filter((key) => left.has(key))
    .map((key) => {
      const value = pull(left, key);
      if (value === null || value === '') return `--${key}`;
      const text = textOf(value);
      return /\s/.test(text) ? `--${key} "${text}"` : `--${key} ${text}`;
    });
}
