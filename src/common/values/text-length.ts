/**
 * Returns the number of code points, which is how PostgreSQL counts characters. An unpaired surrogate counts as one.
 */
export function lengthOf(text: string): number {
  let length = text.length;
  for (let at = 0; at < text.length - 1; at += 1) {
    if (isHigh(text.charCodeAt(at)) && isLow(text.charCodeAt(at + 1))) {
      length -= 1;
      at += 1;
    }
  }
  return length;
}

/** True if a text has `min` to `max` code points. Takes constant time for a text that is far too long. */
export function hasLength(text: string, min: number, max = Number.POSITIVE_INFINITY): boolean {
  if (text.length < min || text.length > 2 * max) return false;
  const length = lengthOf(text);
  return length >= min && length <= max;
}

/** Returns the first `max` code points of a text, without splitting a surrogate pair. */
export function truncate(text: string, max: number): string {
  if (text.length <= max) return text;
  let end = 0;
  for (let count = 0; count < max && end < text.length; count += 1) {
    end += isHigh(text.charCodeAt(end)) && isLow(text.charCodeAt(end + 1)) ? 2 : 1;
  }
  return text.slice(0, end);
}

/** Returns the end of a text, at most `max` UTF-16 code units, without splitting a surrogate pair. */
export function lastPart(text: string, max: number): string {
  if (text.length <= max) return text;
  const start = text.length - max;
  const splits = isLow(text.charCodeAt(start)) && isHigh(text.charCodeAt(start - 1));
  return text.slice(splits ? start + 1 : start);
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
