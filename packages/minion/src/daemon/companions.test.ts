import {
  decodeMessage,
  decodeValue,
  encodeMessage,
  encodeValue,
  pythonStr,
  type Dict,
  type Value,
} from '@brine/common';
import { createManualClock } from '@brine/testkit';
import { expect, it } from 'vitest';
import type { Companion } from './companion.ts';
import { createCompanions, type Companions } from './companions.ts';

/** A companion that answers what it knows of the pillar. */
function createWitness(): Companion {
  let known = 'nothing';
  return {
    name: 'witness',
    start: () => {},
    stop: () => {},
    setPillar: (pillar) => {
      known = pythonStr(pillar.get('color') ?? '');
    },
    answer: () => known,
  };
}

function companionsOf(companion: Companion): Companions {
  const refuse = async (): Promise<never> => expect.unreachable();
  return createCompanions(() => [companion], {
    ...{ clock: createManualClock(), minionId: 'web1', accept: refuse, fire: refuse, call: refuse },
    ...{ countOwn: () => 0, running: () => [], isConnected: () => true },
  });
}

async function ask(companions: Companions): Promise<Value> {
  const request = encodeValue(new Map<Value, Value>());
  const { answer } = decodeMessage(await companions.answer(encodeMessage({ name: 'witness', request }))) as {
    readonly answer: Uint8Array;
  };
  return decodeValue(answer);
}

const pillar = encodeValue(new Map([['color', 'red']]) as Dict);

it('companions answer what is asked while the first pillar is on its way when they know it', async () => {
  const companions = companionsOf(createWitness());
  expect(await ask(companions)).toBe('nothing');
  let arrive = (): void => {};
  companions.awaitPillar(new Promise<void>((resolve) => (arrive = resolve)));
  const answer = ask(companions);
  companions.setPillar(pillar);
  arrive();
  expect(await answer).toBe('red');
});

it('companions answer without a pillar that cannot come, and wait for no later one', async () => {
  const companions = companionsOf(createWitness());
  companions.awaitPillar(Promise.reject(new Error('it does not compile')));
  companions.awaitPillar(new Promise(() => {}));
  expect(await ask(companions)).toBe('nothing');
});
