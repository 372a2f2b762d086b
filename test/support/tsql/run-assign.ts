/** Gives values to variables, without PostgreSQL where they are simple. */
import { fillPlaces } from "./quote.ts";
import { send } from "./run-sql.ts";
import type { Scope, State } from "./session.ts";
import type { AssignStatement } from "./statement.ts";
import { isCharacter, type TsqlType } from "./types.ts";
import { filler, placeValue } from "./values.ts";

/** Runs SET or SELECT of variables. */
export async function assign(
  state: State,
  scope: Scope,
  statement: AssignStatement,
): Promise<void> {
  state.lastError = 0;
  if (assignLocally(state, scope, statement)) {
    state.rowCount = 1;
    return;
  }
  const [answer] = await send(state, fillPlaces(statement.sql, filler(state, scope)), {
    verb: "SELECT",
    table: null,
  });
  const row = answer?.rows.at(-1);
  state.rowCount = statement.from ? (answer?.rowCount ?? 0) : 1;
  if (row === undefined) return;
  for (const [place, name] of statement.names.entries()) scope.values.set(name, row[place] ?? null);
}

const RANGES: Readonly<Record<string, readonly [bigint, bigint]>> = {
  int: [-(2n ** 31n), 2n ** 31n - 1n],
  bigint: [-(2n ** 63n), 2n ** 63n - 1n],
  smallint: [-(2n ** 15n), 2n ** 15n - 1n],
  tinyint: [0n, 255n],
};

/** Assigns what needs no PostgreSQL; false when it does. */
function assignLocally(state: State, scope: Scope, statement: AssignStatement): boolean {
  if (statement.locals === null) return false;
  const values = statement.locals.map((local) => local((name) => placeValue(state, scope, name)));
  const fits = statement.names.every((name, place) => suits(scope.types.get(name), values[place]));
  if (!fits) return false;
  for (const [place, name] of statement.names.entries())
    scope.values.set(name, values[place]?.toString() ?? null);
  return true;
}

function suits(
  type: TsqlType | "table" | null | undefined,
  value: bigint | string | boolean | null | undefined,
): boolean {
  if (value === null) return true;
  if (typeof type !== "object" || type === null) return false;
  if (typeof value === "bigint") {
    const range = RANGES[type.name];
    return range !== undefined && value >= range[0] && value <= range[1];
  }
  return (
    typeof value === "string" &&
    isCharacter(type) &&
    (type.length === -1 || value.length <= type.length) &&
    !["char", "nchar"].includes(type.name)
  );
}
