import { hex } from '../field-values.js';
import type { Furniture } from '../furniture.js';

export const furniture: Furniture = {
  fields: [
    [/^slug$/, hex(10).map((name) => `s${name}`)],
    [/^domain$/, hex(10).map((name) => `d${name}.example.test`)],
  ],
};
