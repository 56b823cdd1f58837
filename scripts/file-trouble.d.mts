/**
 * Returns a one-line explanation for operators of why a file or folder could not be written; null for any other error.
 */
export function fileTroubleOf(error: unknown): string | null;
