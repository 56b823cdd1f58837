declare global {
  interface BigInt {
    toJSON(): number | string;
  }
}

/**
 * Serializes 64-bit integers as JSON numbers if every client can represent them exactly, otherwise as strings.
 * Installed on the prototype, because a replacer would slow down every response for the few that contain one.
 */
export function writeBigIntsToJson(): void {
  Object.defineProperty(BigInt.prototype, 'toJSON', {
    configurable: true,
    value(this: bigint): number | string {
      const number = Number(this);
      return Number.isSafeInteger(number) ? number : String(this);
    },
  });
}
