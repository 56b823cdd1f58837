import { type AnsweringServer, createAnsweringServer } from './answering-server.js';
import { eventually } from './eventually.js';

export interface ReceivedSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  traceState?: string;
  name: string;
  attributes: Record<string, unknown>;
  status: { code?: number; message?: string };
  links: { traceId: string; spanId: string }[];
}

interface WireAttribute {
  key: string;
  value: Record<string, unknown>;
}
type WireSpan = Omit<ReceivedSpan, 'attributes'> & { attributes: WireAttribute[] };
interface WireBody {
  resourceSpans: { scopeSpans: { spans: WireSpan[] }[] }[];
}

/** A collector of OpenTelemetry that keeps what it gets. */
export class SpanReceiver {
  private constructor(private readonly server: AnsweringServer) {}

  static async open(): Promise<SpanReceiver> {
    return new SpanReceiver(
      await createAnsweringServer((_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      }),
    );
  }

  get endpoint(): string {
    return this.server.origin;
  }

  /** All that was sent, as it was. */
  get requests(): AnsweringServer['requests'] {
    return this.server.requests;
  }

  get spans(): ReceivedSpan[] {
    return this.server.requests.flatMap(({ body }) =>
      (JSON.parse(body) as WireBody).resourceSpans.flatMap(({ scopeSpans }) =>
        scopeSpans.flatMap(({ spans }) => spans.map(toReceived)),
      ),
    );
  }

  /** The spans of a trace, once one of that name has come, which ends last. */
  async trace(traceId: string, lastName: string): Promise<ReceivedSpan[]> {
    const ofTrace = (): ReceivedSpan[] => this.spans.filter((span) => span.traceId === traceId);
    return eventually(
      () => Promise.resolve(ofTrace()),
      (spans) => spans.some(({ name }) => name === lastName),
    );
  }

  close(): Promise<void> {
    return this.server.close();
  }
}

function toReceived({ attributes, links, status, ...span }: WireSpan): ReceivedSpan {
  return {
    ...span,
    status: status ?? {},
    links: links ?? [],
    attributes: Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]])),
  };
}
