/** The plan of a run as text: the order of its loads and why, and how each of them is written. */
import { alignColumns, formatCount } from "../../errors/format.ts";
import type { LoadPlan } from "../../model/load-plan.ts";
import type { RunPlanReport } from "../../model/report/plan-report.ts";
import { allowedText } from "../../model/removal.ts";
import { givenRowsOf } from "./render-given.ts";
import { keyText, section } from "./render-plan.ts";
import { tableName } from "../../model/table-shape.ts";

/** The plan; each load in full is the plan of that file by itself. */
export function renderRunPlan(report: RunPlanReport): string {
  const { target, server, loads, why, leftOut } = report;
  const warnings = loads.flatMap(({ load, plan }) =>
    plan.warnings.map((warning) => `  ${load}: ${warning}`),
  );
  const lines = [
    ...alignColumns(
      [
        ["target", `${target}, ${server}`],
        ["commit", commitText(report)],
      ],
      "",
    ),
    ...section("order", alignColumns(loads.map(orderRow))),
    ...section(
      "why",
      why.map((sentence) => `  ${sentence}`),
    ),
    ...section("options that no flag gives", alignColumns(givenByLoad(report))),
    ...section(
      "deleted at the end, children first",
      loads.toReversed().flatMap(({ plan }) => removalLines(plan)),
    ),
    ...section(
      "not loaded",
      leftOut.map(({ path, reason }) => `  ${path}: ${reason}`),
    ),
    ...section("warnings", warnings),
  ];
  return `${lines.join("\n")}\n`;
}

function givenByLoad({ given = [], loads }: RunPlanReport): string[][] {
  const own = loads.map((load) => ({
    table: tableName(load.plan.tables[0].table.name),
    given: load.given ?? [],
  }));
  return givenRowsOf(given, own);
}

/** The rows that may go once all loads are written. */
function removalLines({ tables: [{ table, removal }] }: LoadPlan): string[] {
  if (removal === undefined) return [];
  const { where, limit } = removal;
  const within = where === null ? "" : ` within ${where}`;
  return [
    `  ${tableName(table.name)}: rows${within} whose key no record has; ${allowedText(limit)}`,
  ];
}

function commitText({ commit }: RunPlanReport): string {
  if (commit === "end") return "once, at the end: all of it or nothing";
  if (commit === "load") return "after each load: what is committed stays when a later one fails";
  return `every ${formatCount(commit.every)} records; the same command goes on where a run has stopped`;
}

function orderRow({ load, plan }: RunPlanReport["loads"][number], at: number): string[] {
  const [{ table, mode, arbiter, strategy, method }] = plan.tables;
  return [
    `${at + 1}.`,
    tableName(table.name),
    `from ${load}`,
    mode,
    `key ${keyText(arbiter)}`,
    strategy,
    method.name,
  ];
}
