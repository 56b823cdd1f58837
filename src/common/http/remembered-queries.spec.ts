import { RememberedQueries } from './remembered-queries.js';

class WordsQuery {
  limit = 20;
  words?: string[];
  since?: Date;
}

describe('RememberedQueries', () => {
  let judged: number;
  let queries: RememberedQueries;
  const ask = (query: object, fields: Partial<WordsQuery> = {}): Promise<unknown> =>
    queries.get(WordsQuery, query, () => {
      judged += 1;
      return Promise.resolve(Object.assign(new WordsQuery(), fields));
    });

  beforeEach(() => {
    judged = 0;
    queries = new RememberedQueries();
  });

  it('judges the same query once', async () => {
    const first = await ask({ limit: '20' }, { words: ['a'] });
    const second = await ask({ limit: '20' });
    expect(judged).toBe(1);
    expect(second).toBeInstanceOf(WordsQuery);
    expect(second).toEqual(first);
  });

  it('judges another query, and the same one of another class', async () => {
    await ask({ limit: '20' });
    await ask({ limit: '21' });
    class OtherQuery {}
    expect(await queries.get(OtherQuery, { limit: '20' }, () => Promise.resolve(new OtherQuery()))).toBeInstanceOf(
      OtherQuery,
    );
    expect(judged).toBe(2);
  });

  it('gives everybody an instance of their own', async () => {
    const first = (await ask({}, { words: ['a'] })) as WordsQuery;
    first.limit = 1;
    first.words!.push('b');
    const second = (await ask({})) as WordsQuery;
    second.words!.push('c');
    expect(await ask({})).toEqual(Object.assign(new WordsQuery(), { words: ['a'] }));
  });

  it('remembers no refusal', async () => {
    const refuse = (): Promise<never> => Promise.reject(new Error('no'));
    await expect(queries.get(WordsQuery, {}, refuse)).rejects.toThrow('no');
    expect(await ask({})).toBeInstanceOf(WordsQuery);
  });

  it('remembers nothing that others could change, and no long query', async () => {
    for (let time = 0; time < 2; time += 1) {
      await ask({ since: 'x' }, { since: new Date(0) });
      await ask({ search: 'x'.repeat(300) });
    }
    expect(judged).toBe(4);
  });
});
