/** What to do about an error of a level: its options stand in `--nest`, and flags are those of the records. Pure. */

const SEVERAL = /--(map|const|value|lookup|set|stamp|delete-when) ('[^']*'|[^\s,;`]+)/g;
const SINGLE =
  /--(key|constraint|mode|lookup-missing|null-key|extra-fields|missing-fields|match-names|update-columns) (?!or\b)('[^']*'|[^\s,;`]+)/g;
/** Without a value, as a fix names it that does not know one. */
const BARE =
  /--(map|const|value|lookup|set|stamp|delete-when|lookup-missing|key|constraint|mode|null-key|extra-fields|missing-fields|update-columns)\b/g;
/** It does not go with `--nest`. */
const ALTER = /; --alter adds (?:a column for it|columns for them)/g;

/** The fix with flags as entries of the level `name`: `--map 'a:b'` is `map: [ 'a:b' ]`. */
export function levelFix(name: string, fix: string): string {
  const said = fix.replace(ALTER, "");
  const own = said
    .replace(SEVERAL, (_, option: string, value: string) => `${option}: [ ${value} ]`)
    .replace(SINGLE, (_, option: string, value: string) => `${option}: ${value}`)
    .replace(BARE, (_, option: string) => `${option}:`)
    .replaceAll(/--(keep-identity|any-constraint|ignore)\b/g, "$1: true");
  return own === said ? own : `among the options of ${name} in --nest: ${own}`;
}
