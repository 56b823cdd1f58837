import { namesOf, singular } from './operation-names.js';

describe('The names of an operation', () => {
  it.each([
    ['UsersController', 'list', 'listUsers', 'List users'],
    ['UsersController', 'get', 'getUser', 'Get a user'],
    ['UsersController', 'remove', 'deleteUser', 'Delete a user'],
    ['ApiKeysController', 'create', 'createApiKey', 'Create an API key'],
    ['LuaScriptsController', 'list', 'listLuaScripts', 'List Lua scripts'],
    ['EntitiesController', 'update', 'updateEntity', 'Update an entity'],
    ['PowerTransfersController', 'accept', 'acceptPowerTransfer', 'Accept a power transfer'],
    ['WorkflowLifecycleController', 'renewHookToken', 'renewHookToken', 'Renew a hook token'],
    ['UsersController', 'listRoles', 'listRoles', 'List roles'],
  ])('of %s.%s are %s, "%s"', (controller, method, operationId, summary) => {
    expect(namesOf(controller, method)).toEqual({ operationId, summary });
  });

  it.each([
    ['users', 'user'],
    ['policies', 'policy'],
    ['addresses', 'address'],
    ['boxes', 'box'],
    ['releases', 'release'],
    ['statuses', 'status'],
    ['houses', 'house'],
    ['access', 'access'],
  ])('take %s as several of %s', (plural, one) => {
    expect(singular(plural)).toBe(one);
  });
});
