import { setTimeout as wait } from 'node:timers/promises';
import { toFloat, type Value } from '@brine/common';
import { z } from 'zod';
import { integer, number, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';

export const sleep = defineFunction({
  name: 'test.sleep',
  summary: 'Waits, then answers true.',
  args: z.object({ length: number().describe('Seconds to wait.') }),
  examples: ["'*' test.sleep 20"],
  async run({ length }, { signal }) {
    await wait(length * 1000, undefined, { signal });
    return true;
  },
});

export const randSleep = defineFunction({
  name: 'test.rand_sleep',
  summary: 'Waits a random while, then answers true.',
  args: z.object({ max: withDefault(integer(), 60).describe('Seconds to wait at most.') }),
  examples: ["'*' test.rand_sleep 60"],
  async run({ max }, { signal }) {
    await wait(Math.random() * max * 1000, undefined, { signal });
    return true;
  },
});

const maxFibonacci = 100_000;

export const fib = defineFunction({
  name: 'test.fib',
  summary: 'A Fibonacci number and the seconds it took to compute.',
  args: z.object({ num: integer().describe(`Which number; at most ${maxFibonacci}.`) }),
  examples: ["'*' test.fib 3"],
  run({ num }) {
    if (num < 0) throw failure('Negative number is not allowed!');
    if (num > maxFibonacci) throw failure(`test.fib computes at most number ${maxFibonacci}.`);
    const start = performance.now();
    let [previous, current] = [0n, BigInt(Math.min(num, 1))];
    for (let index = 1; index < num; index += 1) [previous, current] = [current, previous + current];
    return [toInteger(current), secondsSince(start)];
  },
});

const maxCollatzSteps = 100_000;

export const collatz = defineFunction({
  name: 'test.collatz',
  summary: 'The Collatz sequence from a number down to 1, and the seconds it took to compute.',
  args: z.object({ start: integer().describe('The number to begin with; 1 or more.') }),
  examples: ["'*' test.collatz 3"],
  run({ start }) {
    if (start < 1) throw failure('test.collatz begins with 1 or more.');
    const began = performance.now();
    const steps: Value[] = [];
    for (let number = BigInt(start); number !== 1n; number = number % 2n === 0n ? number / 2n : number * 3n + 1n) {
      if (steps.length === maxCollatzSteps) throw failure(`test.collatz stops after ${maxCollatzSteps} steps.`);
      steps.push(toInteger(number));
    }
    return [steps, secondsSince(began)];
  },
});

function toInteger(number: bigint): number | bigint {
  return number <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(number) : number;
}

function secondsSince(start: number): Value {
  return toFloat((performance.now() - start) / 1000);
}
