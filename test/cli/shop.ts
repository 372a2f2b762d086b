/** A small database for the tests of the command line. */
import Database from "better-sqlite3";
import { join } from "node:path";
import { tempDir } from "../helpers/temp-dir.ts";
import { until } from "../helpers/until.ts";

/** The flags that load into it. */
export const INTO_ORDERS = ["--to", "shop.db", "--table", "orders", "--key", "id"];

/** Three good records. */
export const ORDERS = "id,item,amount\n1,tea,2\n2,pot,1\n3,cup,6\n";

/** A folder with `shop.db`, a table `orders` with one row, and `files`. */
export function shop(files: Readonly<Record<string, string>> = { "orders.csv": ORDERS }): string {
  const folder = tempDir(files);
  const database = new Database(join(folder, "shop.db"));
  database.exec(`
    create table orders (id integer primary key, item text not null, amount integer check (amount > 0));
    insert into orders values (1, 'tea', 2);
  `);
  database.close();
  return folder;
}

/** The rows of `orders`. */
export function orders(folder: string): unknown[] {
  const database = new Database(join(folder, "shop.db"), { readonly: true });
  try {
    return database.prepare("select * from orders order by id").raw().all();
  } finally {
    database.close();
  }
}

/** Waits until somebody else holds the write lock: the load is in its transaction. */
export async function untilLocked(folder: string): Promise<void> {
  const database = new Database(join(folder, "shop.db"), { timeout: 0 });
  try {
    await until("a load in its transaction", () => isLocked(database));
  } finally {
    database.close();
  }
}

function isLocked(database: Database.Database): boolean {
  try {
    database.exec("begin immediate");
    database.exec("rollback");
    return false;
  } catch (error) {
    if (String(error).includes("locked")) return true;
    throw error;
  }
}
