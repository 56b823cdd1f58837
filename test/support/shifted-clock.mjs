// Loaded into a program before it starts: its wall clock is wrong by CLOCK_SHIFT_MS, its monotonic clock is not.
const shiftMs = Number(process.env.CLOCK_SHIFT_MS);
const Real = Date;
const now = () => Real.now() + shiftMs;

globalThis.Date = new Proxy(Real, {
  construct: (target, args, self) => Reflect.construct(target, args.length === 0 ? [now()] : args, self),
  apply: () => new Real(now()).toString(),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
