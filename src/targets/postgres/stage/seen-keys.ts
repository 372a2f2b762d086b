/** Keeps the keys of the records of a load in a temporary table: copied as packed bytes, or as rows are staged. */
import type { Client } from "pg";
import type { TablePlan } from "../../../model/load-plan.ts";
import type { KeySpanStore, KeyStore } from "../../target.ts";
import { wholeKey } from "../apply/removal-sql.ts";
import { quoteIdentifier } from "../quote.ts";
import { copyIn } from "./copy.ts";
import { TEMPORARY } from "./names.ts";
import { PackedCopy } from "./packed-copy.ts";
import { copySql, fillKeys } from "./stage.ts";

/** The keys of one table. */
export function keyStore(client: Client, plan: TablePlan): KeyStore {
  const copy = new PackedCopy(plan, false);
  const seen = TEMPORARY.seen(plan);
  return {
    spans: spanStore(client, plan),
    keepPacked: async (keys) => {
      if (plan.rowSource !== "staged") return false;
      const data = await copy.encode(keys, false);
      await copyIn(client, copySql(seen, keys.shape.columns, data.format), data.bytes);
      copy.recycle(data);
      return true;
    },
    keepRows: (keys) => fillKeys(client, plan, keys),
  };
}

function spanStore(client: Client, plan: TablePlan): KeySpanStore | null {
  const column = wholeKey(plan);
  if (column === null) return null;
  const name = quoteIdentifier(column.name);
  const spans = `insert into ${TEMPORARY.spans(plan)} (lo, hi) select * from unnest($1::bigint[], $2::bigint[])`;
  const single = `insert into ${TEMPORARY.seen(plan)} (${name}) select unnest($1::bigint[])`;
  return {
    column,
    keep: async ({ lows, highs, singles }) => {
      if (lows.length > 0) await client.query(spans, [lows, highs]);
      if (singles.length > 0) await client.query(single, [singles]);
    },
  };
}
