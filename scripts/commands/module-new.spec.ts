import { planModule } from './module-new.ts';

describe('npm run module:new', () => {
  it.each([
    ['no name', [], 'Usage: npm run module:new'],
    ['an option that is not there', ['labels', '--colour', 'red'], "Unknown option '--colour'"],
    ['a module that is there', ['workflows'], 'The name "workflows" is taken'],
    ['the name of a model elsewhere', ['api-keys'], 'The name "api-keys" is taken: there is already a model ApiKey.'],
    ['the path of a route elsewhere', ['permissions'], 'The name "permissions" is taken: there is already a route'],
    ['one of them', ['label'], '"label" is not a plural noun.'],
    ['another case', ['priceLists'], '"priceLists" is not a valid module name'],
    ['a path', ['../labels'], '"../labels" is not a valid module name'],
    ['a name that TypeScript has', ['promises'], '"promises" has another meaning'],
    ['a type that is not there', ['labels', '--field', 'name:string'], '"name:string" does not describe a field.'],
    ['a column of every table', ['labels', '--field', 'version:integer'], 'The name "version" is reserved.'],
    ['a member of every object', ['labels', '--field', 'constructor:text'], 'The name "constructor" is reserved.'],
    ['a secret', ['labels', '--field', 'apiToken:text'], '"apiToken" looks like a secret'],
    ['a field twice', ['labels', '--field', 'a:text', '--field', 'a:integer'], 'The field a is described twice.'],
    ['an unknown place', ['labels', '--after', 'nothing'], 'There is no module "nothing" to stand beside.'],
    ['an unknown parent', ['labels', '--parent', 'things'], '"things" cannot be the parent'],
  ])('refuses %s', (_what, args, message) => {
    expect(() => planModule(args)).toThrow(message);
  });

  it('derives every name from the plural noun, and has a field by itself', () => {
    const { made } = planModule(['price-lists']);
    expect(made.names).toEqual({
      module: 'price-lists',
      one: 'price-list',
      table: 'price_lists',
      noun: 'price_list',
      Models: 'PriceLists',
      Model: 'PriceList',
      items: 'priceLists',
      item: 'priceList',
      CONSTANT: 'PRICE_LIST',
      words: 'price lists',
      word: 'price list',
    });
    expect(made.fields).toEqual([expect.objectContaining({ name: 'name', isUnique: true, isNullable: false })]);
  });
});
