import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ArgumentGraph, sortNames } from '../../scripts/application/lean-client.ts';
import { ROOT } from '../../scripts/project.ts';

/* The graph is read here by a reader of its own, to a text in which every index is a name. */

function describeGraph({ names, graph }: ArgumentGraph): string {
  const bytes = [...Buffer.from(graph, 'base64url')];
  const next = (): number => {
    const byte = bytes.shift()!;
    return byte < 128 ? byte : byte - 128 + 128 * next();
  };
  const list = (count: number, item: () => string): string[] => Array.from({ length: count }, item).sort();
  const nodes = (count: number, edge: () => string): string =>
    Array.from({ length: count }, () => list(next(), edge).join(' ')).join('\n');
  const enumName = (stored: number): string => (stored === 0 ? '' : names[stored - 1]!);
  const inputEdge = (): string =>
    `${names[next()]}:${bytes.shift()},${bytes.shift()},${next()},${enumName(next())},${bytes.shift()}`;
  const outputEdge = (): string => `${names[next()]}:${next()},${next()}`;
  const [inputs, outputs, roots] = [next(), next(), next()];
  const text = [nodes(inputs, inputEdge), nodes(outputs, outputEdge), list(roots, outputEdge).join(' ')].join('\n\n');
  expect(bytes).toEqual([]);
  return text;
}

/** What the generated client of this project has. */
function generated(): ArgumentGraph {
  const text = readFileSync(join(ROOT, 'src', 'generated', 'prisma', 'internal', 'class.ts'), 'utf8');
  const [, names, graph] = /parameterizationSchema = \{\s*strings: JSON\.parse\((".*")\),\s*graph: "(.*)"/.exec(text)!;
  return { names: JSON.parse(JSON.parse(names!) as string) as string[], graph: graph! };
}

describe('the argument graph of the generated client', () => {
  it('says the same after its names are sorted', () => {
    const { names, graph } = generated();
    const rotated = [...names.slice(100), ...names.slice(0, 100)];
    expect(describeGraph(sortNames({ names: rotated, graph }))).toBe(describeGraph({ names: rotated, graph }));
  });

  it('names enums and many names right', () => {
    // One input node with two edges, the second to name 200 with enum 1; one output node; one root.
    const bytes = [1, 1, 1, 2, 0, 7, 0, 0, 0, 1, 200, 1, 7, 1, 1, 2, 3, 1, 200, 1, 1, 0, 200, 1, 1, 1];
    const graph = Buffer.from(bytes).toString('base64url');
    const names = Array.from({ length: 201 }, (_, index) => `name${index}`);
    const sorted = sortNames({ names, graph });
    expect(sorted.names.slice(0, 3)).toEqual(['name200', 'name0', 'name1']);
    expect(describeGraph(sorted)).toBe(describeGraph({ names, graph }));
    expect(describeGraph(sorted)).toContain('name200:7,1,1,name1,3');
  });

  it('has been sorted when the client was generated', () => {
    expect(generated()).toEqual(sortNames(generated()));
  });

  it.each([
    ['longer', 'AQEBAA'],
    ['shorter', 'BQEB'],
    ['about names that are not there', 'AQAAAQkAAAAAAA'],
  ])('is refused when it is %s than its form', (_, graph) => {
    expect(() => sortNames({ names: ['only'], graph })).toThrow('has another form');
  });
});
