import { registerThroughPgBouncer } from './through-pgbouncer.js';

await registerThroughPgBouncer(() => import('../transactions.spec.js'));
