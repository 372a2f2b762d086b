/** Plans of every kind that the SQL Server target can be given: tables × modes × strategies × update rules. */
import type { TablePlan } from "../../../src/model/load-plan.ts";
import type { Column, TableShape } from "../../../src/model/table-shape.ts";
import type { GivenOptions } from "../../helpers/options.ts";
import { quoteIdentifier } from "../../../src/targets/sqlserver/quote.ts";
import type { Capabilities } from "../../../src/targets/capabilities.ts";
import { UpsurgeError } from "../../../src/errors/upsurge-error.ts";
import { planFor } from "../../helpers/shapes.ts";
import { TABLES } from "./tables.ts";

/** A plan, and what it is about. */
export interface NamedPlan {
  readonly name: string;
  readonly plan: TablePlan;
}

const MODES: readonly GivenOptions[] = [
  {},
  { mode: "insert" },
  { ignore: true },
  { mode: "update" },
];

/** Update rules, one thing at a time. */
const RULES: readonly GivenOptions[] = [
  {},
  { set: ["qty = target.qty + excluded.[qty]", "name = upper(name) + N' ''x'''"] },
  { set: ["qty = (select max(t.qty) from [dbo].[t] as t)"] },
  { set: ["qty = case when qty > 1 then excluded.qty else convert(int, name) end"] },
  { stamp: ["qty = datediff(day, excluded.name, getdate())"] },
  { stamp: ["qty = 1"], set: ["name = excluded.name"] },
  { nullKeeps: true },
  { rewriteUnchanged: true },
  { updateColumns: ["none"] },
  { updateColumns: ["-qty"] },
  { nullKey: "match" },
  { nullKey: "insert" },
];

/** Every plan that planning lets through, with the capabilities of the target. */
export function everyPlan(capabilities: Capabilities): NamedPlan[] {
  const plans: NamedPlan[] = [];
  for (const [name, { shape, key, options = {} }] of Object.entries(TABLES)) {
    for (const choice of choicesFor(name)) {
      const keyed = choice.mode === "insert" || key.length === 0 ? {} : { key };
      const asked = {
        ...(choice.mode === "insert" ? withoutKey(options) : options),
        ...choice,
        ...keyed,
      };
      const plan = planOrNull(shape, asked, capabilities);
      if (plan !== null) plans.push({ name: `${name}: ${JSON.stringify(asked)}`, plan });
    }
  }
  return plans;
}

/** The plain table meets every combination; others every mode and strategy, plainly and on the whole. */
function choicesFor(name: string): GivenOptions[] {
  const where = { updateWhere: "qty < excluded.qty or target.name is null" };
  const whole = {
    stamp: [],
    nullKey: "match",
    ...(name === "odd names" ? {} : { nullKeeps: true }),
  } as const;
  const rules =
    name === "plain" ? RULES.flatMap((rule) => [rule, { ...rule, ...where }]) : [{}, whole];
  const strategies = ["auto", "select-then-write"] as const;
  const choices = strategies.flatMap((strategy) =>
    MODES.flatMap((mode) => rules.map((rule) => ({ strategy, ...mode, ...rule }))),
  );
  return name === "plain" ? [...choices, { ignore: true, anyConstraint: true }] : choices;
}

function withoutKey({ constraint, ...options }: GivenOptions): GivenOptions {
  return constraint === undefined ? options : { ...options, constraint: null };
}

/** Planning may refuse; that is tested elsewhere. */
function planOrNull(
  shape: TableShape,
  options: GivenOptions,
  capabilities: Capabilities,
): TablePlan | null {
  const given = options.anyConstraint === true ? { ...options, key: null } : options;
  try {
    return planFor(shape, given, {
      capabilities,
      quoteIdentifier,
      fields: writable(shape.columns, given),
    });
  } catch (error) {
    if (error instanceof UpsurgeError && error.code.startsWith("PLAN_")) return null;
    throw error;
  }
}

/** The names of the columns that a source may fill. */
export function writable(
  columns: readonly Column[],
  { keepIdentity = false }: GivenOptions,
): string[] {
  return columns
    .filter(
      ({ generatedSql, identity }) => generatedSql === null && (keepIdentity || identity === null),
    )
    .map(({ name }) => name);
}
