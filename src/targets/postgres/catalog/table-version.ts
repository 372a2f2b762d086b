/** A text that is another one once a table is altered. */

/**
 * What stands for the triggers (with their functions, and those of partitions), indexes, constraints, columns and rules of
 * `c`, of pg_class: which transactions have written the rows that the catalog has of them.
 */
export const VERSION = `hashtextextended(concat_ws('/', c.oid, c.relhasrules, c.relrowsecurity, c.relforcerowsecurity,
    (select string_agg(concat_ws(':', t.oid, t.xmin, p.xmin), ',' order by t.oid) from pg_trigger t join pg_proc p on p.oid = t.tgfoid
      where t.tgrelid = any (array(select c.oid union all select relid from pg_partition_tree(c.oid::regclass)))),
    (select string_agg(concat_ws(':', x.indexrelid, x.xmin), ',' order by x.indexrelid) from pg_index x where x.indrelid = c.oid),
    (select string_agg(concat_ws(':', k.oid, k.xmin), ',' order by k.oid) from pg_constraint k where k.conrelid = c.oid),
    (select string_agg(concat_ws(':', a.attnum, a.xmin), ',' order by a.attnum) from pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0)), 0)::text`;
