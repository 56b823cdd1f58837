/** A value of free size (JSON, a long text) in a list: one of more bytes is null, named in its row's `omitted`, and whole by key. */
export const MAX_LISTED_VALUE_BYTES = 16_384;

/** All such values of one list together. What else a page of 100 rows holds fits beside them in an answer of 4 MiB. */
export const MAX_LISTED_BYTES = 3 * 1_048_576;

/** All such values of one thing that is shown with its parts. */
export const MAX_SHOWN_BYTES = 1_048_576;
