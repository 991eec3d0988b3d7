import { toFloat, toValue, type Plain } from '@brine/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRedisServer, type RedisServer } from '../../../test-support/redis-server.ts';
import { callScratch } from '../../../test-support/scratch-context.ts';

let server: RedisServer;

beforeAll(async () => {
  server = await startRedisServer();
});
afterAll(async () => server.stop());

async function call(name: string, positional: readonly Plain[] = [], keyword: Readonly<Record<string, Plain>> = {}) {
  const options = { 'redis.host': '127.0.0.1', 'redis.port': server.port, 'redis.password': server.password };
  return (await callScratch(`redis.${name}`, { positional, keyword, options })).value;
}

describe('redis', () => {
  it('keeps keys, hashes and their kin', async () => {
    expect(await call('ping')).toBe(true);
    expect(await call('set_key', ['köy', 'line\r\n$5'])).toBe(true);
    expect(await call('get_key', ['köy'])).toBe('line\r\n$5');
    expect(await call('get_key', ['none'])).toBe(null);
    expect(await call('exists', ['köy'])).toBe(1);
    expect(await call('key_type', ['köy'])).toBe('string');
    expect(await call('expire', ['köy', 300])).toBe(true);
    expect(await call('expireat', ['none', 1])).toBe(false);
    expect(await call('hmset', ['h'], { a: 1, b: 'two' })).toBe(true);
    expect(await call('hset', ['h', 'c', '3'])).toBe(1);
    expect(await call('hsetnx', ['h', 'c', '4'])).toBe(0);
    expect(await call('hgetall', ['h'])).toEqual(toValue({ a: '1', b: 'two', c: '3' }));
    expect(await call('hmget', ['h', 'a', 'none'])).toEqual(['1', null]);
    expect(await call('hincrby', ['h', 'a', 5])).toBe(6);
    expect(await call('hincrbyfloat', ['h', 'a', 0.5])).toEqual(toFloat(6.5));
    expect(await call('hscan', ['h'], { match: 'b' })).toEqual([0, toValue({ b: 'two' })]);
    expect(await call('hlen', ['h'])).toBe(3);
    expect(await call('hdel', ['h', 'a', 'c'])).toBe(2);
    expect(await call('hvals', ['h'])).toEqual(['two']);
    expect(await call('keys', ['h*'])).toEqual(['h']);
    expect(await call('dbsize')).toBe(2);
    expect(await call('dbsize', [], { db: 1 })).toBe(0);
    expect(await call('delete', ['köy', 'h', 'none'])).toBe(2);
  });

  it('tells of the server and sets it', async () => {
    expect(await call('config_set', ['maxmemory', '1000000'])).toBe(true);
    expect(await call('config_get', ['maxmemory'])).toEqual(toValue({ maxmemory: '1000000' }));
    const facts = await call('info');
    expect(facts instanceof Map && facts.get('tcp_port')).toBe(server.port);
    expect(await call('get_master_ip')).toEqual(toValue({ master_host: '', master_port: '' }));
    expect(await call('lastsave')).toEqual(expect.any(Number));
    expect(await call('flushdb')).toBe(true);
    await expect(call('llen', ['x'], { password: 'wrong' })).rejects.toThrow('WRONGPASS');
    await expect(call('ping', [], { port: 1 })).rejects.toThrow('Error connecting to 127.0.0.1:1');
    await expect(call('hmset', ['h'])).rejects.toThrow('length 0');
  });
});
