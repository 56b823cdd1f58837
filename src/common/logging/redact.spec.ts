import { redact } from './redact.js';

describe('redact', () => {
  it('keeps any key, and hides secrets below it', () => {
    const told = JSON.parse(
      '{"__proto__":{"password":"x","a":[{"__proto__":1}]},"constructor":{"api_key":"y"}}',
    ) as Record<string, unknown>;
    expect(JSON.stringify(redact(told))).toBe(
      '{"__proto__":{"password":"[redacted]","a":[{"__proto__":1}]},"constructor":{"api_key":"[redacted]"}}',
    );
  });
});
