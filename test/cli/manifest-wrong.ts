/** Manifests with a wrong name, text or variable, each with the error it gets, and with its fix in it. */

/** A manifest that cannot be run. */
export interface WrongManifest {
  readonly yaml: string;
  readonly code: string;
  /** Line and column. */
  readonly at: string;
  readonly fix: string;
  /** The manifest with the fix in it; `null`: what else helps is another file, or a variable. */
  readonly right: string | null;
}

/** One that can. */
export const A = "loads: [{ from: a.csv }]";
/** A load with more entries. */
export const one = (entries: string): string => `loads:\n  - from: a.csv\n    ${entries}\n`;

/** Names that are not known, or not there. */
export const NAMES: Readonly<Record<string, WrongManifest>> = {
  "an unknown name at the top": {
    yaml: "laods: [{ from: a.csv }]",
    code: "MANIFEST_NAME",
    at: "1:1",
    fix: "did you mean loads?",
    right: A,
  },
  "an unknown name of a load": {
    yaml: one("kye: id"),
    code: "MANIFEST_NAME",
    at: "3:5",
    fix: "did you mean key?",
    right: one("key: id"),
  },
  "a word for loads": {
    yaml: "sources: [{ from: a.csv }]",
    code: "MANIFEST_NAME",
    at: "1:1",
    fix: "did you mean loads?",
    right: A,
  },
  "a word for from": {
    yaml: "loads: [{ table: a, file: a.csv }]",
    code: "MANIFEST_NAME",
    at: "1:21",
    fix: "did you mean from?",
    right: "loads: [{ table: a, from: a.csv }]",
  },
  "from with a slip": {
    yaml: "loads: [{ form: a.csv }]",
    code: "MANIFEST_NAME",
    at: "1:11",
    fix: "did you mean from?",
    right: A,
  },
  "a word for table": {
    yaml: one("into: a"),
    code: "MANIFEST_NAME",
    at: "3:5",
    fix: "did you mean table?",
    right: one("table: a"),
  },
  "the alias of a flag": {
    yaml: one("pk: id"),
    code: "MANIFEST_NAME",
    at: "3:5",
    fix: "did you mean key?",
    right: one("key: id"),
  },
  "a flag with its dashes": {
    yaml: one("--batch-rows: 5"),
    code: "MANIFEST_NAME",
    at: "3:5",
    fix: "did you mean batch-rows?",
    right: one("batch-rows: 5"),
  },
  "an unknown name that is like no other": {
    yaml: one("zzzzzz: 5"),
    code: "MANIFEST_NAME",
    at: "3:5",
    fix: "manifest.md lists every name",
    right: null,
  },
  "an option of the run in a load": {
    yaml: one("check: true"),
    code: "MANIFEST_NAME",
    at: "3:5",
    fix: "below `defaults`, or pass --check",
    right: "defaults: { check: false }\nloads: [{ from: a.csv }]",
  },
  "an option of loads at the top": {
    yaml: `key: id\n${A}`,
    code: "MANIFEST_NAME",
    at: "1:1",
    fix: "in a load, or below `defaults`",
    right: `defaults: { key: id }\n${A}`,
  },
  "loads within a load": {
    yaml: one("loads: []"),
    code: "MANIFEST_NAME",
    at: "3:5",
    fix: "`loads` at the top",
    right: A,
  },
  "files for all loads": {
    yaml: `defaults: { from: a.csv }\n${A}`,
    code: "MANIFEST_NAME",
    at: "1:13",
    fix: "`from` in a load",
    right: A,
  },
  "a table for all loads": {
    yaml: `defaults: { table: a }\n${A}`,
    code: "MANIFEST_NAME",
    at: "1:13",
    fix: "`table` in the load",
    right: one("table: a"),
  },
  "two databases": {
    yaml: `to: shop.db\ndefaults: { to: other.db }\n${A}`,
    code: "MANIFEST_NAME",
    at: "2:13",
    fix: "`to` once, at the top",
    right: `to: shop.db\n${A}`,
  },
  "an option that no run has": {
    yaml: one("create: true"),
    code: "MANIFEST_NAME",
    at: "3:5",
    fix: "leave it out",
    right: A,
  },
  "an option of jobs": {
    yaml: one("follow-append: true"),
    code: "MANIFEST_NAME",
    at: "3:5",
    fix: "leave it out",
    right: A,
  },
  "the file of variables": {
    yaml: `defaults: { env-file: .env }\n${A}`,
    code: "MANIFEST_NAME",
    at: "1:13",
    fix: "leave it out",
    right: A,
  },
  "a value that was cut at its comma": {
    yaml: "loads: [{ from: a.csv, before: update a set n = coalesce(1, 2) }]",
    code: "MANIFEST_NAME",
    at: "1:61",
    fix: "one that holds a comma is put in quotes",
    right: 'loads: [{ from: a.csv, before: "update a set n = coalesce(1, 2)" }]',
  },
  "two names of one option": {
    yaml: one("header: true\n    no-header: true"),
    code: "MANIFEST_NAME",
    at: "4:5",
    fix: "leave one of the two out",
    right: one("header: true"),
  },
};

/** Texts that are no YAML, or too much of it. */
export const YAML: Readonly<Record<string, WrongManifest>> = {
  "nothing at all": { yaml: "", code: "MANIFEST_YAML", at: "1:1", fix: "below `loads:`", right: A },
  "a comment only": { yaml: "# a\n", code: "MANIFEST_YAML", at: "1:1", fix: "loads", right: A },
  data: {
    yaml: "- id: 1\n",
    code: "MANIFEST_YAML",
    at: "1:1",
    fix: "begin it with loads",
    right: A,
  },
  "a tab": {
    yaml: "loads:\n\t- from: a.csv",
    code: "MANIFEST_YAML",
    at: "2:1",
    fix: "indent with spaces",
    right: "loads:\n  - from: a.csv",
  },
  "a name twice": {
    yaml: `${A}\n${A}`,
    code: "MANIFEST_YAML",
    at: "2:1",
    fix: "keep one of the two",
    right: A,
  },
  "two documents": {
    yaml: `${A}\n---\n${A}\n`,
    code: "MANIFEST_YAML",
    at: "2:1",
    fix: "keep one of them",
    right: A,
  },
  "a merge key": {
    yaml: "loads: [{ <<: { from: a.csv } }]",
    code: "MANIFEST_YAML",
    at: "1:11",
    fix: "below `defaults`",
    right: A,
  },
  "a tag": {
    yaml: one("batch-rows: !!int 5"),
    code: "MANIFEST_YAML",
    at: "3:17",
    fix: "leave the tag out",
    right: one("batch-rows: 5"),
  },
  "another version": {
    yaml: `%YAML 1.1\n---\n${A}`,
    code: "MANIFEST_YAML",
    at: "1:1",
    fix: "begins with %YAML",
    right: A,
  },
  "a pattern without quotes": {
    yaml: "loads: [{ from: *.csv, table: a }]",
    code: "MANIFEST_YAML",
    at: "1:17",
    fix: "in quotes: '*.csv'",
    right: "loads: [{ from: 'a*.csv', table: a }]",
  },
  "a variable without quotes between braces": {
    yaml: "loads: [{ from: ${DIR:-.}/a.csv }]",
    code: "MANIFEST_YAML",
    at: "1:18",
    fix: "in quotes there",
    right: 'loads: [{ from: "${DIR:-.}/a.csv" }]',
  },
  "an escape that is none": {
    yaml: 'loads: [{ from: "\\a.csv" }]\nto: "C:\\data"',
    code: "MANIFEST_YAML",
    at: "2:8",
    fix: "single quotes",
    right: A,
  },
  "an alias of what it is in": {
    yaml: "loads: &l [{ from: *l }]",
    code: "MANIFEST_YAML",
    at: "1:11",
    fix: "leave the alias out",
    right: A,
  },
  "lists without end": {
    yaml: "[".repeat(50_000),
    code: "MANIFEST_YAML",
    at: "1:61",
    fix: "one mapping in the list",
    right: A,
  },
};

/** Variables. */
export const VARIABLES: Readonly<Record<string, WrongManifest>> = {
  "one that is not set": {
    yaml: "loads:\n  - from: ${DIIR}/a.csv",
    code: "MANIFEST_VARIABLE",
    at: "2:11",
    fix: "did you mean ${DIR}?",
    right: "loads:\n  - from: ${DIR}/a.csv",
  },
  "one in SQL": {
    yaml: one('set: { n: "${N}" }'),
    code: "MANIFEST_SQL",
    at: "3:15",
    fix: "write the SQL out",
    right: one('set: { n: "1" }'),
  },
  "one that says which rows go": {
    yaml: one("truncate: ${T:-true}"),
    code: "MANIFEST_VARIABLE",
    at: "3:15",
    fix: "write the value itself",
    right: one("truncate: true"),
  },
  "one in a name": {
    yaml: one('map: { "${N}": n }'),
    code: "MANIFEST_VARIABLE",
    at: "3:12",
    fix: "as a list of texts",
    right: one('map: ["n:n"]'),
  },
  "one without braces": {
    yaml: `to: $DIR\n${A}`,
    code: "MANIFEST_VARIABLE",
    at: "1:5",
    fix: "write ${DIR}",
    right: `to: \${DIR}/shop.db\n${A}`,
  },
  "one that is not closed": {
    yaml: 'loads: [{ from: "${DIR:-a.csv" }]',
    code: "MANIFEST_VARIABLE",
    at: "1:17",
    fix: "$$ is a plain $",
    right: 'loads: [{ from: "${DIR:-.}/a.csv" }]',
  },
  "a form that is none": {
    yaml: "loads:\n  - from: ${DIR-x}/a.csv",
    code: "MANIFEST_VARIABLE",
    at: "2:11",
    fix: "write one of these",
    right: "loads:\n  - from: ${DIR:-x}/a.csv",
  },
};
