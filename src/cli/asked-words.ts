/** What the words of a command line ask for, understood or not: how errors are told is known before they are read. Pure. */
import type { Environment } from "../model/environment.ts";

/** Whether they ask for `--log-format json`. */
export function asksForJson(argv: readonly string[], environment: Environment): boolean {
  return lastValue("--log-format", argv, environment["UPSURGE_LOG_FORMAT"]) === "json";
}

/** Whether they ask for a log in which errors have their stacks. */
export function asksForDebug(argv: readonly string[], environment: Environment): boolean {
  const level = lastValue("--log-level", argv, environment["UPSURGE_LOG_LEVEL"]);
  return level === "debug" || level === "trace";
}

/** The last value of a flag; `otherwise` where it is not given. */
function lastValue(
  flag: string,
  argv: readonly string[],
  otherwise: string | undefined,
): string | undefined {
  const last = argv.findLastIndex(
    (word, at) => word.startsWith(`${flag}=`) || argv[at - 1] === flag,
  );
  return last < 0 ? otherwise : argv[last]?.replace(`${flag}=`, "");
}
