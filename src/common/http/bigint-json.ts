declare global {
  interface BigInt {
    toJSON(): number | string;
  }
}

/**
 * 64-bit integers in JSON: numbers when every client can hold them exactly, else strings.
 * On the prototype, because a replacer would slow down every answer for the few that hold one.
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
