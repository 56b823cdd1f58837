import { registerThroughPgBouncer } from './through-pgbouncer.js';

await registerThroughPgBouncer(() => import('../matrix/matrix.spec.js'));
