import { IntegerField } from '../contracts/fields.js';
import { PageQuery } from '../contracts/page.js';
import { ToInt } from '../contracts/query-values.js';

const MAX_LIMIT = 100;

/** Paging of built-in catalogs: short lists that clients usually want whole. */
export class CatalogQuery extends PageQuery {
  @ToInt()
  @IntegerField({ min: 1, max: MAX_LIMIT, optional: true, default: MAX_LIMIT })
  override limit: number = MAX_LIMIT;
}
