/** Says why a plan is as it is, and what to watch. */
import type { Arbiter, LoadPlan, Mode, Sharing } from "../model/load-plan.ts";
import type { Column, TableShape } from "../model/table-shape.ts";
import type { Options } from "../options/options.ts";
import type { Capabilities } from "../targets/target.ts";
import { describeKey } from "./arbiter.ts";
import { nullTexts } from "./constants.ts";
import type { Choice } from "./strategy.ts";

/** What was decided. */
export interface Decisions {
  readonly shape: TableShape;
  readonly mode: Mode;
  readonly arbiter: Arbiter | null;
  readonly strategy: Choice<string>;
  readonly rowSource: Choice<string>;
  readonly coupling: LoadPlan["coupling"];
}

/** One sentence per decision. */
export function explain({
  shape,
  mode,
  arbiter,
  strategy,
  rowSource,
  coupling,
}: Decisions): string[] {
  const key = shape.uniqueKeys.find((each) => each.name !== null && each.name === arbiter?.name);
  const decider =
    arbiter?.kind === "any"
      ? "any unique key decides conflicts"
      : `${key === undefined ? `(${arbiter?.parts.join(", ") ?? ""})` : describeKey(key)} decides conflicts`;
  return [
    `mode ${mode}${arbiter === null ? "" : `: ${decider}`}`,
    `strategy ${strategy.chosen}: ${strategy.why}`,
    `row source ${rowSource.chosen}: ${rowSource.why}`,
    ...(coupling.rows === null ? [] : [`one row at a time: ${coupling.rows}`]),
    ...(coupling.rows !== null || coupling.order === null
      ? []
      : [`in file order: ${coupling.order}`]),
  ];
}

/** Sentences on commits and writers, where the user asked for either. */
export function explainRun(
  { commitRows }: Pick<LoadPlan, "commitRows">,
  { chosen, why }: Choice<Sharing>,
  remembered: boolean,
): string[] {
  const otherwise = remembered
    ? "a load that stops goes on there when it is run again"
    : "what is committed stays when the load fails, and is applied again when it is run again";
  return [
    ...(commitRows === null ? [] : [`commit every ${commitRows} records: ${otherwise}`]),
    ...(why === ""
      ? []
      : [`${chosen.writers === 1 ? "one writer" : `${chosen.writers} writers`}: ${why}`]),
  ];
}

/** How the source is read; `careful` tells why all of it must be read record by record. */
export function explainLane(careful: string | null): string[] {
  return [
    careful === null
      ? "fields are taken from the bytes of the source; only a batch with a record out of the ordinary is read record by record"
      : `every record is read by itself, which is slower: ${careful}`,
  ];
}

/** What the user should know before the load. */
export function warnings(
  shape: TableShape,
  columns: readonly Column[],
  { options, capabilities }: { readonly options: Options; readonly capabilities: Capabilities },
): string[] {
  const texts = nullTexts(options);
  const explicit = shape.columns.find(
    (column) =>
      (column.identity === "always" || column.identity === "by-default") &&
      columns.includes(column) &&
      options.keepIdentity,
  );
  if (explicit === undefined || capabilities.countsAlong) return texts;
  return [
    ...texts,
    `ids written into ${explicit.name} do not advance its sequence; set it before the next insert without an id`,
  ];
}
