const BACKSLASH = 0x5c;

/**
 * Finds the end of a string in valid JSON text.
 * @param start of its opening quotation mark. @returns the position after its closing one.
 */
export function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === BACKSLASH) before -= 1;
    // An odd number of backslashes escapes the quotation mark.
    if ((end - before) % 2 === 1) return end + 1;
  }
}
