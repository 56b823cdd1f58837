/** The logger that all others write to (pino). For lines that are too many to go through Nest's. */
export const ROOT_LOGGER = Symbol('root logger');
