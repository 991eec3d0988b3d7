import { AppError } from '@brine/common';

/** The one entry of a PEM text, in lines of 64; `kind` is a regular expression of its name. Throws `state-failed`. */
export function formatPem(text: string, kind?: string): string {
  const plain = text.replaceAll('\\n', '\n');
  const pattern = new RegExp(`-----BEGIN (${kind ?? '[A-Z0-9 ]+'})-----([\\s\\S]*?)-----END \\1-----`);
  const [, name, content = ''] = pattern.exec(plain) ?? [];
  if (name === undefined)
    throw new AppError({
      code: 'state-failed',
      message: kind === undefined ? 'PEM text not valid' : `PEM does not contain a single entry of type ${kind}`,
    });
  const headers = /^\s*((?:[\w-]+: [^\n]*\n)+)\s*\n/.exec(content)?.[1] ?? '';
  const body = content.slice(content.indexOf(headers) + headers.length).replace(/\s+/g, '');
  const lines = body.match(/.{1,64}/g) ?? [];
  const head = headers === '' ? '' : `${headers}\n`;
  return `-----BEGIN ${name}-----\n${head}${lines.map((line) => `${line}\n`).join('')}-----END ${name}-----\n`;
}
