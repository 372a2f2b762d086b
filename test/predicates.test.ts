/** What is decided of a plan is decided in `src/plan`: no target asks the same of a plan in two places. */
import { describe, expect, test } from "vitest";
import { decidingAgain, predicatesOf, targetFiles } from "../scripts/predicates.ts";

/** A file that declares a predicate and asks it once. */
const ONE = {
  path: "src/targets/a/one.ts",
  text: `export function goesFast({ mode }: Pick<TablePlan, "mode">): boolean { return mode === "insert"; }
export const write = (plan: TablePlan): string => (goesFast(plan) ? "copy" : "insert");`,
};

describe("predicates over the plan", () => {
  test("are asked in one place each", () => {
    const found = predicatesOf(targetFiles());

    expect(found.length).toBeGreaterThan(5);
    expect(found.filter(({ asked }) => asked.length > 1)).toEqual([]);
  });

  test("are not made of the strategy, which the plan has decided on", () => {
    expect(decidingAgain(targetFiles())).toEqual([]);
  });

  test("are counted where another file asks, or the same one again", () => {
    const other = {
      path: "src/targets/a/two.ts",
      text: `import { goesFast } from "./one.ts";\nconst fast = plans.filter(goesFast);`,
    };
    const again = { ...ONE, text: `${ONE.text}\nconst lock = !goesFast(plan);` };

    expect(predicatesOf([ONE])).toEqual([
      { name: "goesFast", declared: ONE.path, asked: [ONE.path] },
    ]);
    expect(predicatesOf([ONE, other])[0]?.asked).toEqual([ONE.path, other.path]);
    expect(predicatesOf([again])[0]?.asked).toHaveLength(2);
  });

  test.each([
    "if (plan.strategy === 'native') return;",
    "const { mode, strategy, table } = plan;",
    "function f({ strategy }: TablePlan) {}",
  ])("see the strategy in: %s", (text) => {
    expect(decidingAgain([{ path: "x.ts", text }])).toEqual(["x.ts"]);
  });
});
