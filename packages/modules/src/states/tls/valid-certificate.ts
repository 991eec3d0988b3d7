import { z } from 'zod';
import { defineState, fails, isOk, number, text, withDefault } from '../../kit/index.ts';
import { orFailure } from '../../providers/or-failure.ts';
import { loadCertificate } from '../../providers/x509/certificates.ts';

/** `tls.valid_certificate` */
export const validCertificate = defineState({
  name: 'tls.valid_certificate',
  summary: 'Fails when a certificate is not valid, or not for long enough; it changes nothing.',
  args: z.object({
    name: text().describe('Path of the certificate.'),
    weeks: withDefault(number(), 0).describe('Weeks for which it has to be valid.'),
    days: withDefault(number(), 0).describe('Days, beside the weeks.'),
    hours: withDefault(number(), 0).describe('Hours beside those.'),
    minutes: withDefault(number(), 0).describe('Minutes beside those.'),
    seconds: withDefault(number(), 0).describe('Seconds beside those.'),
  }),
  examples: [
    `/etc/ssl/web.crt:
  tls.valid_certificate:
    - weeks: 1`,
  ],
  check: ({ name, weeks, days, hours, minutes, seconds }, { host }) =>
    orFailure(async () => {
      const { notBefore, notAfter } = await loadCertificate(host, name);
      const now = Date.now();
      if (now < notBefore.getTime()) return fails('Certificate is not yet valid');
      if (now > notAfter.getTime()) return fails('Certificate is expired');
      const wanted = ((weeks * 7 + days) * 24 + hours) * 3600 + minutes * 60 + seconds;
      const left = (notAfter.getTime() - now) / 1000;
      return left < wanted
        ? fails(`Certificate will expire in ${spanText(left)}, which is less than ${spanText(wanted)}`)
        : isOk(`Certificate is valid for ${spanText(left)}`);
    }),
});

// As Python writes a span: 13 days, 4:05:06
function spanText(seconds: number): string {
  const whole = Math.floor(seconds);
  const days = Math.floor(whole / 86_400);
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = `${Math.floor(whole / 3600) % 24}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return days === 0 ? clock : `${days} day${days === 1 ? '' : 's'}, ${clock}`;
}
