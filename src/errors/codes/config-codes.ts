/** Errors of a config, and of variables that give options. Part of the registry in `codes.ts`. */
import type { ErrorTexts } from "../codes.ts";

/** Code → texts. */
export const CONFIG_CODES = {
  CONFIG_FILE: {
    title: "the config {path} cannot be read",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
  CONFIG_YAML: {
    title: "{path} is not a config in YAML",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
  CONFIG_NAME: {
    title: "{name} is not a name a config has",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
  CONFIG_VALUE: {
    title: "{name} cannot be {value}",
    cause: "it takes {expected}",
    fix: "{suggestion}",
    exit: 2,
  },
  CONFIG_CONNECTION: {
    title: "no connection is called @{name}",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
  OPTION_VARIABLE: {
    title: "the variable {variable} gives no option",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
} as const satisfies Record<string, ErrorTexts>;
