import type { Furniture } from '../furniture.js';

export const furniture: Furniture = { rows: { LuaScript: '/lua-scripts' } };
