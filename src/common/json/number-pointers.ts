import { escapePointer } from './json-pointer.js';
import { endOfString } from './json-text.js';
import { truncate } from '../values/text-length.js';

/** Pointers of deeper values and long keys are truncated: many long pointers could be larger than the text itself. */
const MAX_DEPTH = 100;
const MAX_KEY_LENGTH = 200;

/** An open container and the reader's position in it. */
interface Frame {
  /** For an array: the current index. */
  index?: number;
  /** For an object: the position of the current key. */
  keyStart: number;
  keyEnd: number;
  awaitsKey: boolean;
}

/**
 * Returns the JSON Pointers of the numbers that start at `offsets`, which must be ascending. Iterative, because the
 * text may be nested to any depth.
 * @param text valid JSON.
 */
export function pointersOfNumbers(text: string, offsets: readonly number[]): string[] {
  const pointers: string[] = [];
  const frames: Frame[] = [];
  for (let at = 0; pointers.length < offsets.length; at += 1) {
    if (at === offsets[pointers.length]) pointers.push(pointerOf(text, frames));
    const character = text[at];
    const frame = frames.at(-1);
    if (character === '"') {
      const end = endOfString(text, at);
      if (frame?.awaitsKey) Object.assign(frame, { keyStart: at, keyEnd: end, awaitsKey: false });
      at = end - 1;
    } else if (character === '{') frames.push({ keyStart: 0, keyEnd: 0, awaitsKey: true });
    else if (character === '[') frames.push({ index: 0, keyStart: 0, keyEnd: 0, awaitsKey: false });
    else if (character === '}' || character === ']') frames.pop();
    else if (character === ',' && frame) {
      if (frame.index === undefined) frame.awaitsKey = true;
      else frame.index += 1;
    }
  }
  return pointers;
}

function pointerOf(text: string, frames: Frame[]): string {
  return frames
    .slice(0, MAX_DEPTH)
    .map(({ index, keyStart, keyEnd }) => index ?? (JSON.parse(text.slice(keyStart, keyEnd)) as string))
    .map((key) => `/${escapePointer(truncate(String(key), MAX_KEY_LENGTH))}`)
    .join('');
}
