import { z } from 'zod';
import { text } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';

const plain = text().describe('The text.');
const encoded = text().describe('The text in base64.');

export const encode = defineFunction({
  name: 'hashutil.base64_b64encode',
  summary: 'A text in base64, without line breaks.',
  args: z.object({ instr: plain }),
  examples: ["'*' hashutil.base64_b64encode 'get salted'"],
  run: ({ instr }) => Buffer.from(instr).toString('base64'),
});

export const decode = defineFunction({
  name: 'hashutil.base64_b64decode',
  summary: 'The text behind base64.',
  args: z.object({ instr: encoded }),
  examples: ["'*' hashutil.base64_b64decode 'Z2V0IHNhbHRlZA=='"],
  run: ({ instr }) => decodeText(instr),
});

export const encodeLines = defineFunction({
  name: 'hashutil.base64_encodestring',
  summary: 'A text in base64, in lines of 76 characters.',
  args: z.object({ instr: plain }),
  examples: ["'*' hashutil.base64_encodestring 'get salted'"],
  run: ({ instr }) => inLines(Buffer.from(instr)),
});

export const decodeLines = defineFunction({
  name: 'hashutil.base64_decodestring',
  summary: 'The text behind base64 in lines.',
  args: z.object({ instr: encoded }),
  examples: ["'*' hashutil.base64_decodestring instr='Z2V0IHNhbHRlZAo='"],
  run: ({ instr }) => decodeText(instr),
});

export const encodeFile = defineFunction({
  name: 'hashutil.base64_encodefile',
  summary: 'A file in base64, in lines of 76 characters.',
  args: z.object({ fname: text().describe('Path of the file.') }),
  examples: ["'*' hashutil.base64_encodefile /path/to/binary_file"],
  async run({ fname }, { host }) {
    const content = await host.files.read(fname);
    if (content === undefined) throw failure(`No such file or directory: '${fname}'`);
    return inLines(content);
  },
});

export const decodeFile = defineFunction({
  name: 'hashutil.base64_decodefile',
  summary: 'Writes what is behind base64 into a file.',
  args: z.object({ instr: encoded, outfile: text().describe('Path of the file.') }),
  examples: ["'*' hashutil.base64_decodefile instr='Z2V0IHNhbHRlZAo=' outfile='/path/to/binary_file'"],
  async run({ instr, outfile }, { host }) {
    await host.files.write(outfile, Buffer.from(instr, 'base64'));
    return true;
  },
});

function inLines(content: Uint8Array): string {
  return Buffer.from(content)
    .toString('base64')
    .replace(/.{1,76}/g, '$&\n');
}

function decodeText(instr: string): string | Uint8Array {
  checkPadding(instr);
  const bytes = Buffer.from(instr, 'base64');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return new Uint8Array(bytes);
  }
}

// As Python reads it: what is no letter of base64 is passed over, but the padding has to be right.
function checkPadding(instr: string): void {
  const [, letters = '', padding = ''] = /^([A-Za-z0-9+/]*)(=*)/.exec(instr.replace(/[^A-Za-z0-9+/=]/g, '')) ?? [];
  const missing = (4 - (letters.length % 4)) % 4;
  if (missing === 3 || padding.length < missing) throw failure('Incorrect padding');
}
