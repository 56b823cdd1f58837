import { Allow, IsArray, IsInt, IsObject, IsString, Min } from 'class-validator';
import { configOf, configProblems, ReadAs } from './action-config.js';

class SampleConfig {
  @IsString()
  name!: string;

  @IsObject()
  payload: Record<string, unknown> = {};

  @Allow()
  data?: unknown;

  @ReadAs((value) => (typeof value === 'string' ? [value] : value))
  @IsArray()
  to: unknown[] = [];

  @IsInt()
  @Min(1)
  count: number = 3;
}

const ODD = JSON.parse(
  '{"constructor": {"__proto__": {"a": 1}}, "toString": "x", "__proto__": [1], "prototype": null}',
) as object;

describe("An action's configuration", () => {
  it('takes data with any key as it is', () => {
    const config = { action: 'sample', name: 'x', payload: ODD, data: [{ deep: ODD }] };
    expect(configProblems(SampleConfig, config)).toEqual([]);
    const { payload, data } = configOf(SampleConfig, config);
    expect(JSON.stringify({ payload, data })).toBe(JSON.stringify({ payload: ODD, data: [{ deep: ODD }] }));
  });

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'nome'])('knows no field %s', (key) => {
    const config = JSON.parse(`{"action": "sample", "name": "x", "${key}": {"x": 1}}`) as Record<string, unknown>;
    expect(configProblems(SampleConfig, config)).toEqual([
      { pointer: `/${key}`, code: 'unknown', detail: `There is no such field: ${key}.` },
    ]);
    expect(() => configOf(SampleConfig, config)).toThrow(/There is no such field/);
  });

  it('has its defaults, and reads what stands for something else', () => {
    expect(configOf(SampleConfig, { name: 'x', count: undefined, to: 'me' })).toMatchObject({
      count: 3,
      to: ['me'],
      payload: {},
    });
    expect(configProblems(SampleConfig, { count: 0 }).map(({ pointer }) => pointer)).toEqual(['/name', '/count']);
    expect(configProblems(SampleConfig, { name: '{{ input.name }}', count: '{{ input.n }}' })).toEqual([]);
  });

  it('costs what its fields cost, however much data they hold', () => {
    const payload = Object.fromEntries(Array.from({ length: 200_000 }, (_, n) => [`k${n}`, n]));
    const text = JSON.stringify(payload);
    const best = (work: () => unknown): number =>
      Math.min(
        ...[1, 2, 3].map(() => {
          const begin = performance.now();
          work();
          return performance.now() - begin;
        }),
      );
    expect(best(() => configOf(SampleConfig, { name: 'x', payload }))).toBeLessThan(best(() => JSON.parse(text)));
  });
});
