import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { isDict } from '@brine/common';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';
import { createLocalHost } from '../../host/local/local-host.ts';

/** A daemon that says nothing of a container's end when it is asked for the first time. */
const asked: string[] = [];
const daemon = http.createServer((request, response) => {
  const place = `${request.method} ${(request.url ?? '').replace(/\?.*/, '')}`;
  asked.push(place);
  request.resume();
  const isFirst = asked.filter((one) => one === place).length === 1;
  if (place.endsWith('/wait') && isFirst) return;
  if (place === 'GET /containers/web/json') response.writeHead(404).end('{"message":"none"}');
  else if (place.endsWith('/wait')) response.end('{"StatusCode":3}');
  else if (place.endsWith('/logs')) response.end();
  else response.end('{"Id":"c0ffee","State":{"Running":true},"Config":{}}');
});
beforeAll(() => new Promise<void>((resolve) => daemon.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise((resolve) => daemon.close(resolve)));

it('waits for the end of a container however long its daemon is silent', async () => {
  const { port } = daemon.address() as AddressInfo;
  const options = { 'docker.url': `tcp://127.0.0.1:${port}`, 'docker.timeout': 0.3 };
  const keyword = { image: 'nginx', name: 'web', bg: false };
  const { value } = await callScratch('docker.run_container', { keyword, options, host: createLocalHost() });
  expect(isDict(value) && [value.get('Id'), value.get('ExitCode')]).toEqual(['c0ffee', 3]);
  expect(asked.filter((place) => place.endsWith('/wait'))).toHaveLength(2);
});
