import {
  ConflictError,
  ForbiddenError,
  type InputProblem,
  NotFoundError,
  UnprocessableError,
} from '../../../common/errors/app-error.js';

export const luaScriptNotFound = () => new NotFoundError('lua_script');

/** @remedy Choose another name. */
export const luaScriptNameTaken = () =>
  new ConflictError('lua_script.name_taken', 'Another Lua script already has this name.');

/**
 * 422 with every problem.
 * @remedy Correct the script; `errors` names every problem in it.
 */
export const luaScriptInvalid = (problems: InputProblem[]) =>
  new UnprocessableError('lua_script.invalid', 'The script cannot be compiled.', problems);

/** @remedy Pause the workflows first. */
export const luaScriptInUse = (workflows: string[]) =>
  new ConflictError('lua_script.in_use', `The script is used by active workflows: ${workflows.join(', ')}.`);

export const notYourScript = () =>
  new ForbiddenError(
    'lua_script.not_yours',
    'You cannot change a script of an author with a higher role, because it runs in workflows of other users.',
  );
