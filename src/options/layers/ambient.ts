/**
 * Which options may come from the surroundings of a call: from a variable of the environment, or from a config. Names, and
 * what is left to the command line alone, follow from the option table. Pure.
 */
import { nearest } from "../../errors/edit-distance.ts";
import type { Environment } from "../../model/environment.ts";
import { flagOf, OPTION_NAMES, optionSpec } from "../flag.ts";
import type { OptionName } from "../options.ts";

const PREFIX = "UPSURGE_";

/** Why an option is said by a flag, or in a manifest, and never by what is around a call, as a clause; `null`: it may be. */
export function explicitReason(name: OptionName): string | null {
  const { sql, removes, explicit } = optionSpec(name);
  if (removes === true) return "it can delete rows, and is said of the load that is meant";
  if (sql === true) return "its value is SQL, which is said of the load that is meant";
  return explicit ?? null;
}

/** Why a config cannot have an option, as a clause; `null`: it may. What a load does must not depend on the folder it is called in. */
export function notInConfig(name: OptionName): string | null {
  const { group, kind } = optionSpec(name);
  const reason = explicitReason(name);
  if (reason !== null) return reason;
  return group === "output" || kind === "duration"
    ? null
    : "a config has connections, what is put out, and times to wait";
}

const known = new Map<OptionName, readonly string[]>();

/** The variables of an option, of which the first that is set counts. */
export function variablesOf(name: OptionName): readonly string[] {
  const found = known.get(name) ?? listVariables(name);
  known.set(name, found);
  return found;
}

function listVariables(name: OptionName): readonly string[] {
  if (explicitReason(name) !== null) return [];
  const own = variableOf(name);
  return [own, ...(optionSpec(name).env ?? []).filter((each) => each !== own)];
}

function variableOf(name: OptionName): string {
  return `${PREFIX}${flagOf(name).slice(2).replaceAll("-", "_").toUpperCase()}`;
}

/** What a variable that is none of ours is. */
export interface StrayVariable {
  readonly variable: string;
  /** The option that it is called after; `null`: none is. */
  readonly option: OptionName | null;
  /** The variable that may be meant. */
  readonly near: string | null;
}

/** What Kubernetes and Docker set for a service that is called upsurge. */
const OF_SERVICES =
  /^UPSURGE_(?:\w+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)$/;
/** What the tests set. */
const OF_TESTS = /^UPSURGE_(?:TEST_\w+|FAULT|FAULT_GATE)$/;

/** The variables whose names begin as ours do, and are none. */
export function strayVariables(environment: Environment): readonly StrayVariable[] {
  const known = OPTION_NAMES.flatMap(variablesOf);
  const found = Object.keys(environment).filter(
    (variable) =>
      variable.startsWith(PREFIX) &&
      (environment[variable] ?? "") !== "" &&
      !known.includes(variable) &&
      !OF_SERVICES.test(variable) &&
      !OF_TESTS.test(variable),
  );
  return found.map((variable) => {
    const option = OPTION_NAMES.find((name) => variableOf(name) === variable) ?? null;
    const bare = variable.slice(PREFIX.length);
    const own = known.flatMap((each) =>
      each.startsWith(PREFIX) ? [each.slice(PREFIX.length)] : [],
    );
    const near = option === null ? nearest(bare, own) : null;
    return { variable, option, near: near === null ? null : `${PREFIX}${near}` };
  });
}
