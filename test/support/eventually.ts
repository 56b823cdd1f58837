import { setTimeout as delay } from 'node:timers/promises';

const GIVE_UP_AFTER_MS = 20_000;

/** Asks again and again until the answer is what is wanted, and returns the last answer: for what other processes do in their own time. */
export async function eventually<T>(
  ask: () => T | Promise<T>,
  wanted: (answer: T) => boolean,
  giveUpAfterMs = GIVE_UP_AFTER_MS,
): Promise<T> {
  const deadline = Date.now() + giveUpAfterMs;
  for (;;) {
    const answer = await ask();
    if (wanted(answer) || Date.now() > deadline) return answer;
    await delay(10);
  }
}
