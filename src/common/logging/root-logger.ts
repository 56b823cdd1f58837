/** The pino logger behind all others, for lines too frequent for Nest's logger. */
export const ROOT_LOGGER = Symbol('root logger');
