import { registerThroughPgBouncer } from './through-pgbouncer.js';

await registerThroughPgBouncer(() => import('../context.spec.js'));
