/**
 * Maximum bytes of a free-size value (JSON, long text) in a list. A larger one is null, is named in its row's
 * `omitted`, and is returned in full when the row is fetched by key.
 */
export const MAX_LISTED_VALUE_BYTES = 16_384;

/** Maximum bytes of all such values in one list. The rest of a page of 100 rows then fits in a response of 4 MiB. */
export const MAX_LISTED_BYTES = 3 * 1_048_576;

/** Maximum bytes of all such values of one resource that is returned with its parts. */
export const MAX_SHOWN_BYTES = 1_048_576;
