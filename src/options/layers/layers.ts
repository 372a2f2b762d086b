/**
 * Who gives the options: layers, of which an upper one comes before those below it. The command line is on top, then a
 * manifest, the environment, a config. Pure; what the texts mean is left to `parse-options.ts`.
 */
import type { Environment } from "../../model/environment.ts";
import { variablesOf } from "./ambient.ts";
import { flagOf, OPTION_NAMES, optionSpec } from "../flag.ts";
import type { Command } from "../option.ts";
import type { OptionName } from "../options.ts";

/** The values of each flag in the order they were typed; a flag without a value holds `true`, its negation `false`. */
export type RawOptions = Readonly<Partial<Record<OptionName, readonly string[]>>>;

/** What gives an option. */
export type Giver = "flag" | "manifest" | "environment" | "config";

/** An option as it was given. */
export interface LayerValue {
  /** As they would be typed, one after another; of a flag `true` or `false`. */
  readonly texts: readonly string[];
  readonly from: Giver;
  /** The flag, the variable with its `$`, or a place in a file. */
  readonly where: string;
  /** What is shown in place of the texts. */
  readonly shown?: string;
}

/** Options and who gives them. */
export type OptionLayer = ReadonlyMap<OptionName, LayerValue>;

/** Options of which one in an upper layer takes the place of another one below. */
const INSTEAD: readonly (readonly OptionName[])[] = [
  ["mode", "ignore"],
  ["key", "constraint"],
];

/** Whether another option that comes before it takes its place. */
export function isReplaced(option: OptionName, by: (each: OptionName) => boolean): boolean {
  return INSTEAD.some(
    (few) => few.includes(option) && few.some((each) => each !== option && by(each)),
  );
}

/** How a thing is done, said for all calls: it has no bearing on one that does not do it. */
const ONLY_WITH: readonly (readonly [option: OptionName, others: readonly OptionName[]])[] = [
  ["diff", ["check", "dryRun"]],
  ["diffHide", ["diff"]],
  ["writers", ["commit"]],
  ["followAppend", ["job", "commit"]],
  ["keepJob", ["job", "commit"]],
  ["ifLocked", ["job", "commit"]],
];

/** What was typed. */
export function typedLayer(raw: RawOptions): OptionLayer {
  return new Map(
    OPTION_NAMES.flatMap((name) => {
      const texts = raw[name];
      if (texts === undefined) return [];
      return [[name, { texts, from: "flag", where: flagOf(name) }] as const];
    }),
  );
}

/** What the environment says of the options of `command`; absent: of all. */
export function environmentLayer(environment: Environment, command?: Command): OptionLayer {
  const names = OPTION_NAMES.filter((name) => command === undefined || hasOption(name, command));
  return new Map(
    names.flatMap((name) => {
      const variable = variablesOf(name).find((each) => (environment[each] ?? "") !== "");
      if (variable === undefined) return [];
      const text = environment[variable] ?? "";
      // Each value of one that may be repeated is on a line of its own.
      const isMany = optionSpec(name).kind === "many";
      const texts = isMany ? text.split(/\r?\n/).filter((line) => line !== "") : [text];
      return [[name, { texts, from: "environment", where: `$${variable}` }] as const];
    }),
  );
}

/** The options that the environment or a config gives: they are said for all calls. */
export function saidForAll(layer: OptionLayer): ReadonlySet<OptionName> {
  return new Set([...layer].flatMap(([name, value]) => (isAmbient(value) ? [name] : [])));
}

function isAmbient({ from }: LayerValue): boolean {
  return from === "environment" || from === "config";
}

/** Whether `command` has the option. */
export function hasOption(name: OptionName, command: Command): boolean {
  return optionSpec(name).commands.includes(command);
}

/** The options of all layers, the upper ones first. */
export function layered(layers: readonly OptionLayer[]): OptionLayer {
  const all = new Map<OptionName, LayerValue>();
  for (const layer of layers) {
    const upper = new Map(all);
    const isUpper = (name: OptionName): boolean => isGiven(name, upper.get(name));
    for (const [name, value] of layer) {
      if (!upper.has(name) && !isReplaced(name, isUpper)) all.set(name, value);
    }
  }
  for (const [name, others] of ONLY_WITH) {
    const value = all.get(name);
    if (value === undefined || !isAmbient(value)) continue;
    if (!others.some((each) => isGiven(each, all.get(each)))) all.delete(name);
  }
  return all;
}

/** Given, and not switched off; a load that is committed once is what it would be anyway. */
function isGiven(name: OptionName, value: LayerValue | undefined): boolean {
  const last = value?.texts.at(-1);
  if (last === undefined) return false;
  if (name === "commit") return !COMMITTED_ONCE.includes(last);
  return optionSpec(name).kind !== "flag" || isOn(value);
}

/** A load by itself, or each one of a run. */
const COMMITTED_ONCE: readonly string[] = ["end", "all", "load"];

/** Whether a flag is on. */
export function isOn(value: LayerValue | undefined): boolean {
  return value?.texts.at(-1) === "true" || value?.texts.at(-1) === "1";
}

/** Where a value comes from, as errors name it. */
export function placeOfValue(name: OptionName, { from, where }: LayerValue): string {
  return from === "environment" ? `${flagOf(name)}, from ${where}` : where;
}
