/** Orders Debian versions (`[epoch:]upstream[-revision]`) by the algorithm of Debian policy 5.6.12. */
export function compareDebianVersions(a: string, b: string): number {
  const [left, right] = [split(a), split(b)];
  return (
    left.epoch - right.epoch || comparePart(left.upstream, right.upstream) || comparePart(left.revision, right.revision)
  );
}

function split(version: string): { readonly epoch: number; readonly upstream: string; readonly revision: string } {
  const colon = version.indexOf(':');
  const epoch = colon > 0 ? Number(version.slice(0, colon)) : 0;
  const rest = version.slice(colon + 1);
  const dash = rest.lastIndexOf('-');
  if (dash < 0) return { epoch, upstream: rest, revision: '' };
  return { epoch, upstream: rest.slice(0, dash), revision: rest.slice(dash + 1) };
}

// Runs of other characters and runs of digits are compared in turn, until one pair differs.
function comparePart(a: string, b: string): number {
  let [left, right] = [a, b];
  while (left !== '' || right !== '') {
    const words = [takeWord(left), takeWord(right)] as const;
    const order = compareWords(words[0], words[1]);
    if (order !== 0) return order;
    [left, right] = [left.slice(words[0].length), right.slice(words[1].length)];
    const digits = [takeDigits(left), takeDigits(right)] as const;
    const difference = compareDigits(digits[0], digits[1]);
    if (difference !== 0) return difference;
    [left, right] = [left.slice(digits[0].length), right.slice(digits[1].length)];
  }
  return 0;
}

function takeWord(text: string): string {
  return /^\D*/.exec(text)?.[0] ?? '';
}

function takeDigits(text: string): string {
  return /^\d*/.exec(text)?.[0] ?? '';
}

function compareDigits(a: string, b: string): number {
  const [left, right] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  if (left.length !== right.length) return left.length - right.length;
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function compareWords(a: string, b: string): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const order = weight(a[index]) - weight(b[index]);
    if (order !== 0) return order;
  }
  return 0;
}

// A tilde sorts before the end, letters before everything else.
function weight(character: string | undefined): number {
  if (character === '~') return -1;
  if (character === undefined) return 0;
  const code = character.charCodeAt(0);
  return /[a-zA-Z]/.test(character) ? code : code + 256;
}
