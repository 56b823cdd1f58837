/** What an operator has to know of a file or folder that could not be written, in one line; null for any other error. */
export function fileTroubleOf(error: unknown): string | null;
