import { IntegerField } from '../contracts/fields.js';
import { PageQuery } from '../contracts/page.js';
import { ToInt } from '../contracts/query-values.js';

const MAX_LIMIT = 100;

/** A page of what the program itself declares: short lists that people want whole. */
export class CatalogQuery extends PageQuery {
  @ToInt()
  @IntegerField({ min: 1, max: MAX_LIMIT, optional: true, default: MAX_LIMIT })
  override limit: number = MAX_LIMIT;
}
