import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../project.ts';

/** Written by `prisma generate`: the configuration of the client. */
const CONFIGURATION = join(ROOT, 'src', 'generated', 'prisma', 'internal', 'class.ts');
const NAMES =
  /(config\.parameterizationSchema = \{\s*strings: JSON\.parse\()("(?:[^"\\]|\\.)*")(\),\s*graph: ")([^"]*)(")/;

const OTHER_FORM = 'The argument graph of this Prisma has another form than lean-client.ts expects.';

/** What Prisma knows about arguments of queries: names, and a graph that refers to them by index, in base64. */
export interface ArgumentGraph {
  names: string[];
  graph: string;
}

/**
 * Makes the generated client hold less memory, in place. A client without such a graph where that of the pinned Prisma has it stays
 * as it is. @throws Error for a graph of another form; the client is untouched then.
 */
export function leanClient(): void {
  const text = readFileSync(CONFIGURATION, 'utf8');
  const lean = text.replace(NAMES, (_, head: string, names: string, middle: string, graph: string, tail: string) => {
    const sorted = sortNames({ names: JSON.parse(JSON.parse(names) as string) as string[], graph });
    return head + JSON.stringify(JSON.stringify(sorted.names)) + middle + sorted.graph + tail;
  });
  if (lean !== text) writeFileSync(CONFIGURATION, lean);
}

/**
 * The same graph with the names that are used most in front. The client keeps an array per node that is as long as the highest index
 * of a name in it: with names in order of appearance that takes four times the memory.
 */
export function sortNames({ names, graph }: ArgumentGraph): ArgumentGraph {
  const bytes = Buffer.from(graph, 'base64url');
  const uses = names.map(() => 0);
  const copy = transcribe(bytes, (name) => {
    if (name >= names.length) throw new Error(OTHER_FORM);
    uses[name]! += 1;
    return name;
  });
  if (!copy.equals(bytes)) throw new Error(OTHER_FORM);
  const order = names.map((_, index) => index).sort((a, b) => uses[b]! - uses[a]!);
  const places = new Map(order.map((name, place) => [name, place]));
  return {
    names: order.map((name) => names[name]!),
    graph: transcribe(bytes, (name) => places.get(name)!).toString('base64url'),
  };
}

/** Copies a graph with other indices of names. */
function transcribe(bytes: Buffer, rename: (name: number) => number): Buffer {
  const graph = new GraphCopy(bytes, rename);
  const [inputs, outputs, roots] = [graph.number(), graph.number(), graph.number()];
  const outputEdge = (): void => {
    graph.name();
    graph.number(); // node of its arguments
    graph.number(); // node of its output
  };
  times(inputs, () =>
    times(graph.number(), () => {
      graph.name();
      graph.bytes(2); // mask of scalar types
      graph.number(); // child node
      graph.nameOrNone(); // enum
      graph.bytes(1); // flags
    }),
  );
  times(outputs, () => times(graph.number(), outputEdge));
  times(roots, outputEdge);
  return graph.finish();
}

function times(count: number, action: () => void): void {
  for (let done = 0; done < count; done += 1) action();
}

/** Reads a graph and writes it again, piece by piece. Numbers are LEB128; one that may be absent is stored plus one, or as zero. */
class GraphCopy {
  private position = 0;
  private readonly copied: number[] = [];
  private readonly source: Buffer;
  private readonly rename: (name: number) => number;

  constructor(source: Buffer, rename: (name: number) => number) {
    this.source = source;
    this.rename = rename;
  }

  number(): number {
    const number = this.read();
    this.write(number);
    return number;
  }

  name(): void {
    this.write(this.rename(this.read()));
  }

  nameOrNone(): void {
    const stored = this.read();
    this.write(stored === 0 ? 0 : this.rename(stored - 1) + 1);
  }

  bytes(count: number): void {
    times(count, () => this.copied.push(this.byte()));
  }

  finish(): Buffer {
    if (this.position !== this.source.length) throw new Error(OTHER_FORM);
    return Buffer.from(this.copied);
  }

  private byte(): number {
    const byte = this.source[this.position];
    if (byte === undefined) throw new Error(OTHER_FORM);
    this.position += 1;
    return byte;
  }

  private read(): number {
    let number = 0;
    let shift = 0;
    let byte: number;
    do {
      byte = this.byte();
      number |= (byte & 127) << shift;
      shift += 7;
    } while (byte > 127);
    return number;
  }

  private write(number: number): void {
    let rest = number;
    while (rest > 127) {
      this.copied.push((rest & 127) | 128);
      rest >>>= 7;
    }
    this.copied.push(rest);
  }
}
