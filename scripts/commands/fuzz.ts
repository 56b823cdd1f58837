import { randomInt } from 'node:crypto';
import { OperatorError } from '../db/connect.ts';
import { test } from './test.ts';

const MANY = 5000;
const MAX_SEED = 2 ** 31;

/**
 * `npm run test:fuzz [requests] [seed]`: the long version of the API fuzz test, with a random seed unless one is given.
 */
export async function fuzz([requests = String(MANY), seed = String(randomInt(MAX_SEED))]: string[]): Promise<number> {
  if (!/^[1-9]\d{0,6}$/.test(requests) || !/^\d{1,10}$/.test(seed))
    throw new OperatorError('Usage: npm run test:fuzz [-- requests [seed]], both integers.');
  Object.assign(process.env, { FUZZ_REQUESTS: requests, FUZZ_SEED: seed });
  return test(['test/fuzz/fuzz.spec.ts']);
}
