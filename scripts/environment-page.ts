/** The page of the variables that give options, from the option table. Pure. */
import { explicitReason, variablesOf } from "../src/options/layers/ambient.ts";
import { flagOf, OPTION_NAMES, optionSpec, valueNameOf } from "../src/options/flag.ts";
import type { OptionName } from "../src/options/options.ts";

const INTRO = [
  "An option that is not given by a flag, nor in [a manifest](manifest.md), comes from its variable, then from [a config](config.md), then",
  "from its default: flag > manifest > environment > config > default. A variable is looked at by the commands that have its flag, and",
  "takes what the flag takes; an error names the variable. A flag without a value takes `1` or `true`, `0` or `false`; `UPSURGE_NO_RAW_SQL` takes no `0`. Of an option that may be",
  "repeated, each value is on a line of its own. An empty variable is as good as none. `upsurge plan` tells which options no flag gives, and",
  "where each comes from. `--env-file FILE` reads variables from a file. The [library](library.md) takes none of these but `UPSURGE_NO_RAW_SQL`.",
  "",
  "A variable whose name begins with `UPSURGE_` and is near one of these, or is that of an option below that takes none, stops the call",
  "with exit code 2: a misspelt `UPSURGE_DRY_RUN` must not load. Any other is told of in a warning, unless a manifest or a config names it;",
  "what Kubernetes sets for a service called upsurge is passed over. `load`, `run`, `split` and `finish` say in one line of stderr which options",
  "come from variables, where these change what is loaded or kept: not `--to`, the output, times to wait, and how it is done (`--batch-rows`).",
];

const OF_NODE = [
  "## Variables of Node",
  "",
  "The program keeps what Node has compiled of it, one or two MB, so that the next start is faster: in",
  "`$XDG_CACHE_HOME/upsurge`, else `~/.cache/upsurge` (Windows: `%LOCALAPPDATA%\\upsurge\\cache`). The folder may be deleted at any time.",
  "`NODE_DISABLE_COMPILE_CACHE=1` turns it off. Nothing is kept where the home is another user's or writable for all.",
];

/** The lines of the page, without its title. */
export function environmentPage(): readonly string[] {
  const given = OPTION_NAMES.filter((name) => variablesOf(name).length > 0);
  const reasons = new Map<string, string[]>();
  for (const name of OPTION_NAMES) {
    const reason = explicitReason(name);
    if (reason === null) continue;
    const flags = reasons.get(reason) ?? [];
    reasons.set(reason, [...new Set([...flags, `\`${flagOf(name)}\``])]);
  }
  return [
    ...INTRO,
    "",
    "| variable | gives | for |",
    "|---|---|---|",
    ...given.map(row),
    "",
    "## Options that take no variable",
    "",
    "| option | because |",
    "|---|---|",
    ...[...reasons].map(([reason, flags]) => `| ${flags.join(", ")} | ${reason} |`),
    "",
    ...OF_NODE,
  ];
}

function row(name: OptionName): string {
  const value = optionSpec(name).choices === undefined ? valueNameOf(name) : "WORD";
  const flag = `\`${`${flagOf(name)} ${value}`.trimEnd().replaceAll("|", "\\|")}\``;
  const variables = variablesOf(name).map((each) => `\`${each}\``);
  const commands = optionSpec(name).commands.map((each) => `\`${each}\``);
  return `| ${variables.join(", then ")} | ${flag} | ${commands.join(", ")} |`;
}
