import { paginate, type Slice } from './paginate.js';

let lists = 0;
let rows: number[];
let asked: string[];
let list: [string];
beforeEach(() => {
  rows = [];
  asked = [];
  list = [`list ${(lists += 1)}`];
});

/** Returns a page of `rows`, and the order in which the page and its total were requested. */
async function read({ skip, take }: Slice, named: Slice['list'] | undefined = list) {
  asked = [];
  const page = await paginate(
    { skip, take, list: named },
    async () => {
      asked.push('rows');
      await Promise.resolve();
      asked.push('rows are here');
      return rows.slice(skip, skip + take);
    },
    () => {
      asked.push('total');
      return Promise.resolve(rows.length);
    },
  );
  return { ...page, asked };
}

const BESIDE = ['rows', 'total', 'rows are here'];
const AFTER = ['rows', 'rows are here', 'total'];
const NOT = ['rows', 'rows are here'];

describe('paginate', () => {
  it('counts a list that goes on, from the second time at the same moment as its page', async () => {
    rows = [1, 2, 3, 4, 5];
    expect(await read({ skip: 0, take: 2 })).toEqual({ rows: [1, 2], total: 5, asked: AFTER });
    expect(await read({ skip: 0, take: 2 })).toEqual({ rows: [1, 2], total: 5, asked: BESIDE });
    expect(await read({ skip: 2, take: 2 })).toEqual({ rows: [3, 4], total: 5, asked: BESIDE });
  });

  it('does not count for a page that ends its list, whatever was read before', async () => {
    rows = [1, 2, 3, 4, 5];
    expect(await read({ skip: 4, take: 2 })).toEqual({ rows: [5], total: 5, asked: NOT });
    await read({ skip: 0, take: 2 });
    expect(await read({ skip: 4, take: 2 })).toEqual({ rows: [5], total: 5, asked: NOT });
    expect(await read({ skip: 0, take: 6 })).toEqual({ rows, total: 5, asked: NOT });
  });

  it('answers what is there now when a list has become shorter or longer', async () => {
    rows = [1, 2, 3];
    await read({ skip: 0, take: 2 });
    rows = [1];
    expect(await read({ skip: 0, take: 2 })).toEqual({ rows: [1], total: 1, asked: BESIDE });
    expect(await read({ skip: 0, take: 2 })).toEqual({ rows: [1], total: 1, asked: NOT });
    rows = [1, 2, 3, 4];
    expect(await read({ skip: 0, take: 2 })).toEqual({ rows: [1, 2], total: 4, asked: AFTER });
    expect(await read({ skip: 0, take: 2 })).toEqual({ rows: [1, 2], total: 4, asked: BESIDE });
  });

  it('counts the list when the page is behind its end', async () => {
    rows = [1, 2, 3];
    expect(await read({ skip: 6, take: 2 })).toEqual({ rows: [], total: 3, asked: AFTER });
    expect(await read({ skip: 6, take: 2 })).toEqual({ rows: [], total: 3, asked: BESIDE });
  });

  it('remembers nothing of another filter, or of a list without a name', async () => {
    rows = [1, 2, 3];
    await read({ skip: 0, take: 2 });
    expect((await read({ skip: 0, take: 2 }, [...list, 'role'] as never)).asked).toEqual(AFTER);
    await paginate(
      { skip: 0, take: 2 },
      () => Promise.resolve([1, 2]),
      () => Promise.resolve(3),
    );
    expect((await read({ skip: 0, take: 2 }, ['x'.repeat(400)])).asked).toEqual(AFTER);
    expect((await read({ skip: 0, take: 2 }, ['x'.repeat(400)])).asked).toEqual(AFTER);
  });
});
