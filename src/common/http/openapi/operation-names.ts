/** Names of an operation in generated clients and on the reference page. */
export interface OperationNames {
  /** `listUsers` */
  operationId: string;
  /** `List users` */
  summary: string;
}

/** Handler methods whose operation uses a different verb. */
const VERBS: Record<string, string> = { remove: 'delete' };
/** Words that are not written in lower case. */
const SPELLING: Record<string, string> = { api: 'API', lua: 'Lua', dbal: 'DBAL' };

/**
 * Derives the names of an operation: `UsersController.list` → `listUsers`, "List users"; `UsersController.remove` →
 * `deleteUser`, "Delete a user". A method of several words contains its own object: `renewHookToken`, "Renew a hook
 * token". `@ApiOperation` overrides.
 */
export function namesOf(controller: string, method: string): OperationNames {
  const [verb = method, ...own] = wordsOf(method);
  const spoken = VERBS[verb] ?? verb;
  const noun = wordsOf(controller.replace(/Controller$/, ''));
  const object = own.length > 0 ? own : spoken === 'list' ? noun : [...noun.slice(0, -1), singular(noun.at(-1) ?? '')];
  return {
    operationId: spoken + object.map(capitalized).join(''),
    summary: [capitalized(spoken), ...(spoken === 'list' ? [] : [articleOf(object)]), ...object.map(spelled)].join(' '),
  };
}

/** Formats a noun with its article from lower-case words: `['api', 'key']` → "an API key". */
export function withArticle(words: readonly string[]): string {
  return [articleOf(words), ...words.map(spelled)].join(' ');
}

/** `users` → `user`, `policies` → `policy`, `addresses` → `address`, `houses` → `house`. */
export function singular(plural: string): string {
  if (plural.endsWith('ies')) return `${plural.slice(0, -3)}y`;
  if (/(ss|[^ao]us|x|z|ch|sh)es$/.test(plural)) return plural.slice(0, -2);
  return /[^s]s$/.test(plural) ? plural.slice(0, -1) : plural;
}

/** `ApiKeys` and `apiKeys` → `['api', 'keys']` */
function wordsOf(name: string): string[] {
  return name.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
}

function articleOf([first = '']: readonly string[]): string {
  return /^[aeiou]/.test(first) && !/^(uni|use|eu|one)/.test(first) ? 'an' : 'a';
}

function spelled(word: string): string {
  return SPELLING[word] ?? word;
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
