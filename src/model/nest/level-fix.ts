/** What to do about an error of a level: its options stand in `--nest`, and flags are those of the records. Pure. */

const SEVERAL =
  /--(map|const|value|lookup|set|stamp|delete-when) (?!(?:of|or|out)\b)('[^']*'|[^\s,;`]+)/g;
/** Several names in one value. */
const LISTED = /--(key|update-columns) ('[^',]*,[^']*'|[^\s,;`']+,[^\s;`']+)/g;
const SINGLE =
  /--(key|constraint|mode|lookup-missing|null-key|extra-fields|missing-fields|match-names|update-columns) (?!(?:or|out)\b)('[^']*'|[^\s,;`]+)/g;
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
    .replace(LISTED, (_, option: string, value: string) => `${option}: ${listOf(value)}`)
    .replace(SINGLE, (_, option: string, value: string) => `${option}: ${value}`)
    .replace(BARE, (_, option: string) => `${option}:`)
    .replaceAll(/--(keep-identity|any-constraint|ignore)\b/g, "$1: true");
  if (own === said) return own;
  const lead = leadOf(own, said);
  const { ofLoad, ofLevel } = strategyApart(own.slice(lead.length));
  return `${lead}${ofLoad}among the options of ${name} in --nest: ${ofLevel}`;
}

/** A strategy that is an alternative by itself. */
const STRATEGY = /(?:^|, or |; or )((?:pass )?--strategy [\w-]+)(?=, or |; or |;|$)/;

/** The strategy is the load's, and no option of a level: by itself it comes first, and else it is said where it stands. */
function strategyApart(fix: string): { readonly ofLoad: string; readonly ofLevel: string } {
  const alone = STRATEGY.exec(fix)?.[1];
  const others =
    alone === undefined ? fix : fix.replace(STRATEGY, "").replace(/^(?:, or |; or )/, "");
  return {
    ofLoad: alone === undefined ? "" : `${alone}, or `,
    ofLevel: others.replace(/(?:, and)? (--strategy [\w-]+)/g, ", with $1 beside --nest"),
  };
}

/** What stands before the options: what is done to the table, or to the record, is none. */
function leadOf(own: string, said: string): string {
  const [statement] = /^create (?:[^"]|"[^"]*")*?,? or /.exec(own) ?? [];
  if (statement !== undefined) return statement;
  let same = 0;
  while (own[same] === said[same]) same += 1;
  return (
    /^(?:correct|fill|load|write|give)\b[^'"]*(?:; or|, or|;) /.exec(own.slice(0, same))?.[0] ?? ""
  );
}

/** `a,b` as a list of YAML. */
function listOf(value: string): string {
  const names = value.startsWith("'") ? value.slice(1, -1) : value;
  return `[ ${names.split(",").join(", ")} ]`;
}
