/** The current API, as committed. */
export const API_DESCRIPTION = 'docs/openapi.json';
/** The API of the last release, on which clients rely. */
export const RELEASED_DESCRIPTION = 'docs/openapi.released.json';
/** Changes since then that matter to clients. */
export const API_CHANGES = 'docs/api-changes.md';
