/** Words of the commands that fixes print, so that they can be typed as they are. */
import { UNSEEN_IN_WORDS, escaped } from "./unseen-characters.ts";

/** A word in quotes, whatever it holds. */
export function shellQuoted(text: string): string {
  // A control character would be shown escaped, and between plain quotes a shell does not read the escape.
  if (text.search(UNSEEN_IN_WORDS) >= 0) {
    return `$'${text.replace(/[\\']/g, "\\$&").replace(UNSEEN_IN_WORDS, escaped)}'`;
  }
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A word, in quotes only where a shell would change it. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : shellQuoted(text);
}

/** A command that writes a corrected source to a file beside it, with the ending given, or into the pipe; `-` is standard input. */
export function correctingCommand(command: string, source: string, ending: string): string {
  if (source === "-") return `\`${command}\` in the pipe before upsurge`;
  const to = `${source}.corrected.${ending}`;
  return `\`${command} < ${shellWord(source)} > ${shellWord(to)}\`, and load that file`;
}

/** The flag that drops a field, which `--map` calls so. */
export function dropFlag(field: string): string {
  return `--map ${shellQuoted(`${field}:`)}`;
}

/** Names as one word for a flag that takes a list: `a,"b,c"`. */
export function listWord(names: readonly string[]): string {
  const listed = names.map((name) =>
    /[",]|^\s|\s$/.test(name) ? `"${name.replaceAll('"', '""')}"` : name,
  );
  return shellWord(listed.join(","));
}
