/** What the API is now, as committed. */
export const API_DESCRIPTION = 'docs/openapi.json';
/** What clients of the last release rely on. */
export const RELEASED_DESCRIPTION = 'docs/openapi.released.json';
/** What changed in between that clients have to know. */
export const API_CHANGES = 'docs/api-changes.md';
