import { Logger } from '@nestjs/common';
import { sqlStateOf } from '../../src/common/prisma/prisma-errors.js';
import { createTenancyHarness, type TenancyHarness, type TestTenant } from './tenancy-harness.js';

let harness: TenancyHarness;
let tenant: TestTenant;

beforeAll(async () => {
  harness = await createTenancyHarness({ DATABASE_POOL_MAX: 3 });
  // One of the tests lets a hook fail, which is logged.
  Logger.overrideLogger(false);
});
beforeEach(async () => {
  tenant = await harness.newTenant();
});
afterAll(() => harness.close());

const inTenant = <T>(fn: () => Promise<T>): Promise<T> => harness.as(tenant, fn);
const invite = async (username: string): Promise<void> => {
  const data = { username, email: `${username}@example.test`, status: 'INVITED' };
  await harness.prisma.user.create({ data, select: { id: true } });
};
const usernames = async (): Promise<string[]> => {
  const rows = await harness.sql<{ username: string }>(
    `SELECT username FROM users WHERE tenant_id = $1 AND role <> 'owner' ORDER BY username`,
    [tenant.id],
  );
  return rows.map(({ username }) => username);
};
const fail = (): never => {
  throw new Error('planned');
};

describe('a savepoint', () => {
  it('is undone alone when it fails, and the transaction goes on', async () => {
    const { dbal } = harness;
    await inTenant(() =>
      dbal.transaction(async () => {
        await invite('before');
        await expect(dbal.savepoint(() => invite('inside').then(fail))).rejects.toThrow('planned');
        await invite('after');
      }),
    );
    expect(await usernames()).toEqual(['after', 'before']);
  });

  it('rescues a transaction from an error of the database, which would otherwise end it', async () => {
    const { dbal } = harness;
    await inTenant(() =>
      dbal.transaction(async () => {
        await invite('ada');
        await dbal.savepoint(() => invite('ada')).catch(() => undefined);
        await invite('bob');
      }),
    );
    expect(await usernames()).toEqual(['ada', 'bob']);
  });

  it('is saved with the transaction, and undone with it', async () => {
    const { dbal } = harness;
    await inTenant(() => dbal.transaction(() => dbal.savepoint(() => invite('saved'))));
    const undone = inTenant(() => dbal.transaction(() => dbal.savepoint(() => invite('lost')).then(fail)));
    await expect(undone).rejects.toThrow('planned');
    expect(await usernames()).toEqual(['saved']);
  });

  it('can be inside another one', async () => {
    const { dbal } = harness;
    await inTenant(() =>
      dbal.transaction(async () => {
        await dbal.savepoint(async () => {
          await invite('outer');
          await dbal.savepoint(() => invite('inner').then(fail)).catch(() => undefined);
        });
        await dbal
          .savepoint(async () => {
            await dbal.savepoint(() => invite('released'));
            fail();
          })
          .catch(() => undefined);
      }),
    );
    expect(await usernames()).toEqual(['outer']);
  });

  it('takes its turn when several are begun at once', async () => {
    const { dbal } = harness;
    await inTenant(() =>
      dbal.transaction(async () => {
        const attempts = ['one', 'two', 'three', 'four'].map((name, index) =>
          dbal.savepoint(async () => {
            await invite(name);
            if (index % 2 === 1) fail();
          }),
        );
        const outcomes = await Promise.allSettled(attempts);
        expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
      }),
    );
    expect(await usernames()).toEqual(['one', 'three']);
  });

  it('forgets what was to be done after the commit when it fails, and keeps it when it does not', async () => {
    const { dbal } = harness;
    const done: string[] = [];
    await inTenant(() =>
      dbal.transaction(async () => {
        await dbal.savepoint(async () => dbal.afterCommit(() => void done.push('kept')));
        await dbal
          .savepoint(async () => {
            dbal.afterCommit(() => void done.push('forgotten'));
            fail();
          })
          .catch(() => undefined);
        expect(done).toEqual([]);
      }),
    );
    expect(done).toEqual(['kept']);
  });

  it('is a transaction where none is running', async () => {
    const { dbal } = harness;
    await expect(inTenant(() => dbal.savepoint(() => invite('lost').then(fail)))).rejects.toThrow('planned');
    await inTenant(() => dbal.savepoint(() => invite('saved')));
    expect(await usernames()).toEqual(['saved']);
  });
});

describe('what is to be done when a transaction has ended', () => {
  it('is done whether it was saved or not, outside of it', async () => {
    const { dbal } = harness;
    const done: string[] = [];
    const note = (name: string) => () => {
      done.push(`${name} ${dbal.isActive}`);
      return invite(name);
    };
    await inTenant(() => dbal.transaction(() => dbal.afterEnd(note('saved'))));
    const undone = inTenant(() =>
      dbal.transaction(async () => {
        await dbal.savepoint(async () => {
          await dbal.afterEnd(note('inside'));
          fail();
        });
      }),
    );
    await expect(undone).rejects.toThrow('planned');
    await inTenant(() => dbal.afterEnd(note('at-once')));
    expect(done).toEqual(['saved false', 'inside false', 'at-once false']);
    expect(await usernames()).toEqual(['at-once', 'inside', 'saved']);
  });

  it('is done once, however often the work was run again', async () => {
    const { dbal } = harness;
    let runs = 0;
    let ends = 0;
    await inTenant(() =>
      dbal.transaction(async () => {
        runs += 1;
        await dbal.afterEnd(() => void (ends += 1));
        if (runs < 3) throw Object.assign(new Error('lost against another one'), { code: '40001' });
      }),
    );
    expect([runs, ends]).toEqual([3, 1]);
  });

  it('cannot change how it ended', async () => {
    const { dbal } = harness;
    await inTenant(() =>
      dbal.transaction(async () => {
        await invite('saved');
        await dbal.afterEnd(fail);
      }),
    );
    expect(await usernames()).toEqual(['saved']);
  });
});

describe('a read-only transaction', () => {
  it('reads, and is refused a write by the database', async () => {
    const { dbal, prisma } = harness;
    const count = await inTenant(() => dbal.transaction(() => prisma.user.count(), { readOnly: true }));
    expect(count).toBe(1);
    const write = inTenant(() => dbal.transaction(() => invite('refused'), { readOnly: true }));
    expect(sqlStateOf(await write.catch((error: unknown) => error))).toBe('25006');
    await inTenant(() => dbal.transaction(() => invite('written')));
    expect(await usernames()).toEqual(['written']);
  });
});

describe('work in batches', () => {
  const names = Array.from({ length: 7 }, (_, index) => `user-${index}`);

  it('saves each batch on its own, and tells how far it is', async () => {
    const { dbal } = harness;
    const progress: number[] = [];
    const sizes: number[] = [];
    const work = async (batch: string[]): Promise<void> => {
      sizes.push(batch.length);
      for (const name of batch) await invite(name);
    };
    const onProgress = (processed: number): void => void progress.push(processed);
    await inTenant(() => dbal.batchProcess(names, work, { batchSize: 3, onProgress }));
    expect(sizes).toEqual([3, 3, 1]);
    expect(progress).toEqual([3, 6, 7]);
    expect(await usernames()).toEqual(names);
  });

  it('begins no further batch after an error; those that have finished stay', async () => {
    const { dbal } = harness;
    const work = async (batch: string[]): Promise<void> => {
      for (const name of batch) await invite(name);
      if (batch.includes('user-3')) fail();
    };
    await expect(inTenant(() => dbal.batchProcess(names, work, { batchSize: 2 }))).rejects.toThrow('planned');
    expect(await usernames()).toEqual(['user-0', 'user-1']);
  });

  it('has several at work at a time, and no more than it is allowed', async () => {
    const { dbal } = harness;
    let atWork = 0;
    let most = 0;
    let open!: () => void;
    const bothAtWork = new Promise<void>((resolve) => (open = resolve));
    const work = async (): Promise<void> => {
      atWork += 1;
      most = Math.max(most, atWork);
      if (atWork === 2) open();
      await bothAtWork;
      atWork -= 1;
    };
    await inTenant(() => dbal.batchProcess(names, work, { batchSize: 1, maxConcurrency: 2 }));
    expect(most).toBe(2);
  });

  it('takes items as they come, and joins a running transaction one by one', async () => {
    const { dbal } = harness;
    async function* arriving(): AsyncGenerator<string> {
      yield* names;
    }
    const work = (batch: string[]): Promise<void> => invite(batch[0]!);
    const undone = inTenant(() =>
      dbal.transaction(async () => {
        await dbal.batchProcess(arriving(), work, { batchSize: 1, maxConcurrency: 5 });
        fail();
      }),
    );
    await expect(undone).rejects.toThrow('planned');
    expect(await usernames()).toEqual([]);
  });
});
