/**
 * Runs one ES module of grains: it is handed to Node on standard input behind a line that declares the job, and reports as
 * `runner-report.ts` reads it.
 */
export const javascriptRunner = String.raw`
const { writeSync } = await import('node:fs');
const { pathToFileURL } = await import('node:url');

const report = (kind, members = {}) => writeAll(Buffer.from('\n' + job.mark + JSON.stringify({ ...members, kind }) + '\n'));

function writeAll(bytes) {
  for (let start = 0; start < bytes.length; ) {
    try {
      start += writeSync(1, bytes, start);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

class Unfit extends Error {}

function encode(value) {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'bigint') return { i: String(value) };
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : { f: floatText(value) };
  if (value instanceof Uint8Array) return { b: Buffer.from(value).toString('base64') };
  if (Array.isArray(value) || value instanceof Set) return Array.from(value, encode);
  if (value instanceof Map) return { d: Array.from(value, ([key, item]) => [encode(key), encode(item)]) };
  if (isPlain(value)) return encode(new Map(Object.entries(value).filter(([, item]) => item !== undefined)));
  throw new Unfit(value?.constructor?.name ?? typeof value);
}

const floatText = (value) => (Number.isNaN(value) ? 'nan' : String(value).replace('Infinity', 'inf'));

function isPlain(value) {
  if (typeof value !== 'object') return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function decode(value) {
  if (Array.isArray(value)) return value.map(decode);
  if (value === null || typeof value !== 'object') return value;
  const [[tag, content]] = Object.entries(value);
  if (tag === 'd') return Object.fromEntries(content.map(([key, item]) => [decode(key), decode(item)]));
  if (tag === 'b') return Buffer.from(content, 'base64');
  return tag === 'i' ? BigInt(content) : Number(content.replace('inf', 'Infinity'));
}

const url = pathToFileURL(job.file).href;

function lineOf(error) {
  const found = String(error?.stack).split(url + ':')[1];
  return found === undefined ? {} : { line: Number.parseInt(found, 10) };
}

// What cannot be parsed has no place of its own in its error; Node tells it when it only checks a file.
function syntaxLine(error) {
  if (!(error instanceof SyntaxError)) return lineOf(error);
  const { spawnSync } = process.getBuiltinModule('child_process');
  const checked = spawnSync(process.execPath, ['--check', job.file], { encoding: 'utf8' }).stderr;
  const line = Number.parseInt(checked.split(job.file + ':')[1], 10);
  return Number.isNaN(line) ? {} : { line };
}

const messageOf = (error) => (error instanceof Error ? error.name + ': ' + error.message : String(error));

async function call(name, made, known) {
  report('calls', { function: name });
  const told = await made(known);
  if (!(told instanceof Map) && !(told !== null && isPlain(told))) {
    report('log', { level: 'debug', line: 0, message: name + ' gave no mapping' });
    return;
  }
  const fit = [];
  for (const [key, value] of told instanceof Map ? told : Object.entries(told)) {
    try {
      if (value !== undefined) fit.push([encode(key), encode(value)]);
      known.grains[key] = value;
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
      report('failed', { function: name, message: 'the grain ' + key + ' is a ' + error.message + ', which no grain can be' });
    }
  }
  report('grains', { function: name, value: { d: fit } });
}

let made = [];
try {
  made = Object.entries(await import(url)).filter(([, value]) => typeof value === 'function');
} catch (error) {
  report('failed', { message: messageOf(error), ...syntaxLine(error) });
}
const known = { grains: decode(job.grains), options: decode(job.options) };
for (const [name, value] of made) {
  try {
    await call(name, value, known);
  } catch (error) {
    report('failed', { function: name, message: messageOf(error), ...lineOf(error) });
  }
}
report('done');
process.exit(0);
`;
