import { apiBreaks } from './api-breaks.ts';
import type { ApiDescription, Schema } from './api-description.ts';

const NEW_LABEL: Schema = {
  type: 'object',
  required: ['name'],
  properties: { name: { type: 'string', maxLength: 50 }, color: { type: 'string', enum: ['red', 'blue'] } },
};
const LABEL: Schema = {
  type: 'object',
  required: ['id', 'color'],
  properties: {
    id: { type: 'string' },
    color: { type: 'string', enum: ['red', 'blue'] },
    parent: { $ref: '#/x/Label' },
  },
};

function description(): ApiDescription & { components: { schemas: Record<string, Schema> } } {
  return structuredClone({
    paths: {
      '/labels': {
        get: {
          operationId: 'listLabels',
          parameters: [{ name: 'search', in: 'query', required: false, schema: { type: 'string' } }],
          responses: {
            200: { content: { 'application/json': { schema: { type: 'array', items: { $ref: '#/x/Label' } } } } },
          },
          security: [],
        },
        post: {
          operationId: 'createLabel',
          requestBody: { required: false, content: { 'application/json': { schema: { $ref: '#/x/NewLabel' } } } },
          responses: { 201: { content: { 'application/json': { schema: { $ref: '#/x/Label' } } } } },
        },
      },
    },
    components: { schemas: { Label: LABEL, NewLabel: NEW_LABEL } },
  });
}

/** Returns the breaks of a change, each as `subject what`. */
function breaksOf(change: (now: ReturnType<typeof description>) => void): string[] {
  const now = description();
  change(now);
  return apiBreaks(description(), now).map(({ subject, what }) => `${subject} ${what}`);
}

const label = (now: ReturnType<typeof description>): Schema => now.components.schemas['Label']!;
const newLabel = (now: ReturnType<typeof description>): Schema => now.components.schemas['NewLabel']!;

describe('What breaks clients', () => {
  it.each<[string, (now: ReturnType<typeof description>) => void, string[]]>([
    ['a path that is gone', (now) => delete now.paths['/labels'], ['GET /labels is gone', 'POST /labels is gone']],
    ['a method that is gone', (now) => delete now.paths['/labels']!.post, ['POST /labels is gone']],
    [
      'an operation with another name',
      (now) => (now.paths['/labels']!.get!.operationId = 'findLabels'),
      ['GET /labels the operation is no longer called listLabels'],
    ],
    [
      'a credential',
      (now) => delete now.paths['/labels']!.get!.security,
      ['GET /labels a credential is newly required'],
    ],
    [
      'an answer field that is gone',
      (now) => delete label(now).properties!['id'],
      ['Label.id was removed from responses'],
    ],
    [
      'an answer field that may be absent',
      (now) => (label(now).required = ['color']),
      ['Label.id may be absent from responses'],
    ],
    [
      'an answer value that is gone',
      (now) => (label(now).properties!['color']!.enum = ['red']),
      ['Label.color it no longer has the value "blue"'],
    ],
    [
      'an answer field that may newly be null',
      (now) => (label(now).properties!['id']!.type = ['string', 'null']),
      ['Label.id it is string or null, not string'],
    ],
    [
      'a status that is gone',
      (now) => (now.paths['/labels']!.post!.responses = { 200: {} }),
      ['POST /labels the response 201 was removed'],
    ],
    ['an input newly required', (now) => newLabel(now).required!.push('color'), ['NewLabel.color is newly required']],
    [
      'a new input that is required',
      (now) => {
        newLabel(now).properties!['order'] = { type: 'integer' };
        newLabel(now).required!.push('order');
      },
      ['NewLabel.order is newly required'],
    ],
    [
      'an input not taken',
      (now) => delete newLabel(now).properties!['color'],
      ['NewLabel.color is no longer accepted'],
    ],
    [
      'a shorter input',
      (now) => (newLabel(now).properties!['name']!.maxLength = 20),
      ['NewLabel.name it has a narrower maxLength'],
    ],
    [
      'an input value that is gone',
      (now) => (newLabel(now).properties!['color']!.enum = ['red']),
      ['NewLabel.color it no longer has the value "blue"'],
    ],
    [
      'a parameter not taken',
      (now) => (now.paths['/labels']!.get!.parameters = []),
      ['GET /labels the query parameter search is no longer accepted'],
    ],
    [
      'a parameter newly required',
      (now) => (now.paths['/labels']!.get!.parameters![0]!.required = true),
      ['GET /labels the query parameter search is newly required'],
    ],
    [
      'a body newly required',
      (now) => (now.paths['/labels']!.post!.requestBody!.required = true),
      ['POST /labels a body is newly required'],
    ],
  ])('is %s', (_what, change, breaks) => {
    expect(breaksOf(change)).toEqual(breaks);
  });

  it.each<[string, (now: ReturnType<typeof description>) => void]>([
    ['a new path', (now) => (now.paths['/colors'] = { get: {} })],
    ['a new answer field', (now) => (label(now).properties!['createdAt'] = { type: 'string' })],
    ['a new answer value', (now) => label(now).properties!['color']!.enum!.push('green')],
    ['a new optional input', (now) => (newLabel(now).properties!['order'] = { type: 'integer' })],
    ['a longer input', (now) => (newLabel(now).properties!['name']!.maxLength = 90)],
    ['an input that may newly be null', (now) => (newLabel(now).properties!['name']!.type = ['string', 'null'])],
    [
      'a schema of another name',
      (now) => {
        now.components.schemas['ListedLabel'] = label(now);
        now.paths['/labels']!.get!.responses!['200']!.content!['application/json']!.schema!.items = {
          $ref: '#/x/ListedLabel',
        };
      },
    ],
  ])('is not %s', (_what, change) => {
    expect(breaksOf(change)).toEqual([]);
  });
});
