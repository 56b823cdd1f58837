const BACKSLASH = 0x5c;

/**
 * Where a string in a valid JSON text ends.
 * @param start of its first quotation mark. @returns the place behind its last one.
 */
export function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === BACKSLASH) before -= 1;
    // An odd number of backslashes escapes the mark.
    if ((end - before) % 2 === 1) return end + 1;
  }
}
