/** Of an event trigger that takes a tenant's own events from whoever emits them. */
export const FROM_ANYONE = 'anyone';
