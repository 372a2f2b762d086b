/** A plan as text: what a load would do, and why. */
import type { Arbiter, LoadPlan } from "../model/load-plan.ts";
import type { PlanReport } from "../plan-load.ts";
import { alignColumns } from "./format.ts";

/** The plan, the statements included. */
export function renderPlan({ plan, target, server, sources, statements }: PlanReport): string {
  const schema = plan.table.name.schema;
  const table = schema === null ? plan.table.name.name : `${schema}.${plan.table.name.name}`;
  const facts = [
    ["sources", sources.map(sourceText).join("; ")],
    ["target", `${table} in ${target}, ${server}`],
    ["mode", plan.mode],
    ["key", keyText(plan.arbiter)],
    ["strategy", plan.strategy],
    ["row source", `${plan.rowSource}, batches of ${plan.batchRows}`],
  ];
  const lines = [
    ...alignColumns(facts, ""),
    ...section("mapping", alignColumns(mappingRows(plan))),
    ...section("update", updateLines(plan)),
    ...section("why", indented(plan.why)),
    ...section("warnings", indented(plan.warnings)),
    ...section(
      "statements",
      statements.flatMap((statement) => [...indented(statement.trim().split("\n")), ""]),
    ),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

function sourceText({ name, format, compression }: PlanReport["sources"][number]): string {
  const shown = name === "-" ? "standard input" : name;
  const facts = [format, compression].filter((fact) => fact !== null && fact !== "");
  return facts.length === 0 ? shown : `${shown} (${facts.join(", ")})`;
}

function keyText(arbiter: Arbiter | null): string {
  if (arbiter === null) return "none";
  if (arbiter.kind === "any") return "any unique key";
  const where = arbiter.predicate === null ? "" : ` where ${arbiter.predicate}`;
  return `(${arbiter.parts.join(", ")})${where}, decided by ${arbiter.name ?? "no index"}`;
}

function mappingRows({ mapping, constants }: LoadPlan): string[][] {
  return [
    ...mapping.map(({ field, column }) => [field, "->", column]),
    ...constants.map(({ column, value }) => [`'${value}'`, "->", column]),
  ];
}

/** Columns that no field is known to fill are updated only by records that carry them. */
function updateLines({ update, mapping, constants }: LoadPlan): string[] {
  const filled = new Set([...mapping, ...constants].map(({ column }) => column));
  const columns = update.columns.filter((column) => filled.has(column));
  const { sets, stamps, where } = update;
  const rows = [
    ...(columns.length === 0 ? [] : [["columns", columns.join(", ")]]),
    ...sets.map(({ column, expression }) => ["set", `${column} = ${expression}`]),
    ...stamps.map(({ column, expression }) => ["stamp", `${column} = ${expression}`]),
    ...(where === null ? [] : [["where", where]]),
  ];
  return alignColumns(rows);
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", `${title}:`, ...lines];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
