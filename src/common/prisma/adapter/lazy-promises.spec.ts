import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../../../generated/prisma/client.js';
import { lightenPromises } from './lazy-promises.js';

/** Nothing listens there: these tests check what is created, not the response. */
const NOWHERE = 'postgresql://nobody@127.0.0.1:1/nothing';
const newClient = (): PrismaClient => new PrismaClient({ adapter: new PrismaPg(NOWHERE) });

describe('lightenPromises', () => {
  it('fits the Prisma that is installed', () => {
    expect(lightenPromises(newClient())).toBe(true);
  });

  it('leaves a Prisma alone that has changed inside', () => {
    const changed = { _createItxClient: () => ({}), _createPrismaPromise: () => ({ then: () => undefined }) };
    const { _createPrismaPromise } = changed;
    expect(lightenPromises(changed)).toBe(false);
    expect(changed._createPrismaPromise).toBe(_createPrismaPromise);
  });

  it('makes what Prisma makes, without getters', () => {
    const theirs = newClient().user.findMany();
    const client = newClient();
    lightenPromises(client);
    const ours = client.user.findMany();
    expect(Reflect.ownKeys(ours)).toEqual(Reflect.ownKeys(theirs));
    expect(Reflect.get(ours, 'spec')).toEqual(Reflect.get(theirs, 'spec'));
    for (const { get } of Object.values(Object.getOwnPropertyDescriptors(ours))) expect(get).toBeUndefined();
  });

  it('sends a query once, and only when somebody waits for it', async () => {
    let sent = 0;
    const client = newClient();
    lightenPromises(client);
    const { _createPrismaPromise: make } = client as unknown as {
      _createPrismaPromise: (start: () => Promise<number>) => Promise<number>;
    };
    const promise = make.call(client, () => Promise.resolve((sent += 1)));
    expect(sent).toBe(0);
    expect([await promise, await promise.then((value) => value), sent]).toEqual([1, 1, 1]);
  });

  it('rejects with what starting a query throws', async () => {
    const client = newClient();
    lightenPromises(client);
    await expect(client.user.findMany({ where: { nothing: 1 } as never })).rejects.toThrow('Unknown argument');
  });
});
