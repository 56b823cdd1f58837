import { PrismaPg } from '@prisma/adapter-pg';
import { Prisma, PrismaClient } from '../../../generated/prisma/client.js';
import { sendJsonAsText } from './json-arguments.js';

const NOWHERE = 'postgresql://nobody@127.0.0.1:1/nothing';

interface Sent {
  protocolQuery: { query: { arguments: Record<string, Record<string, unknown>> } };
}

/** A client that sends nothing, and the requests it would have sent. */
function silentClient(): { client: PrismaClient; sent: Sent[] } {
  const client = new PrismaClient({ adapter: new PrismaPg(NOWHERE) });
  const sent: Sent[] = [];
  const handler = (client as unknown as { _requestHandler: { request: unknown } })._requestHandler;
  handler.request = (request: Sent) => Promise.resolve(sent.push(request));
  sendJsonAsText(client);
  return { client, sent };
}

const odd = JSON.parse('{"__proto__":{"a":1},"b":[{"$type":"BigInt"}]}') as Prisma.InputJsonObject;
const asText = { $type: 'Json', value: '{"__proto__":{"a":1},"b":[{"$type":"BigInt"}]}' };

describe('sendJsonAsText', () => {
  it('sends values of JSON columns as their text, and all else as Prisma does', async () => {
    const { client, sent } = silentClient();
    const where = { tenantId_id: { tenantId: 't', id: 'i' } } as never;
    const row = { name: 'x', settings: odd, nodes: [odd], trigger: 'manual', config: Prisma.DbNull } as never;
    await client.workflow.create({ data: row });
    await client.workflow.createMany({ data: [row, row] });
    await client.workflow.updateMany({ where: { name: 'x' }, data: { settings: odd, version: { increment: 1 } } });
    await client.workflow.upsert({ where, create: row, update: { config: 5, triggerConfig: {} } });
    const written = {
      name: 'x',
      settings: asText,
      nodes: { $type: 'Json', value: `[${asText.value}]` },
      trigger: 'manual',
      config: { $type: 'Enum', value: 'DbNull' },
    };
    const [one, many, changed, either] = sent.map(({ protocolQuery }) => protocolQuery.query.arguments);
    expect(one!['data']).toEqual(written);
    expect(many!['data']).toEqual([written, written]);
    expect(changed).toEqual({ where: { name: 'x' }, data: { settings: asText, version: { increment: 1 } } });
    expect(either!['create']).toEqual(written);
    expect(either!['update']).toEqual({
      config: { $type: 'Json', value: '5' },
      triggerConfig: { $type: 'Json', value: '{}' },
    });
  });

  it('changes nothing of what it was given', async () => {
    const { client } = silentClient();
    const data = Object.freeze({ settings: Object.freeze({ a: 1 }) });
    await client.workflow.updateMany({ data });
    expect(data).toEqual({ settings: { a: 1 } });
  });

  it('refuses a Prisma that has changed inside', () => {
    expect(() => sendJsonAsText({ _executeRequest: () => undefined })).toThrow("Prisma's internals have changed");
    expect(() => sendJsonAsText({ _runtimeDataModel: { models: {} } })).toThrow("Prisma's internals have changed");
  });
});
