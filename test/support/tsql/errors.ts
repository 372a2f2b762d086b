/** Turns PostgreSQL's errors into SQL Server's: number, message, and what it does to the transaction. */
import type { DatabaseError } from "pg";
import { conflictOf } from "./conflicts.ts";
import { type Effect, Raised } from "./raised.ts";
import type { Ask } from "./statement.ts";
import { TRIGGER_PREFIX } from "./trigger.ts";

/** What failed. */
export interface Failed {
  readonly verb: string;
  /** The quoted name of the table that was written. */
  readonly table: string | null;
  /** Asks the database once the failed statement is undone. */
  readonly ask: Ask;
  /** What a test would have some numbers do instead. */
  readonly effects: Effects;
}

/** What errors do, by number. */
export type Effects = Readonly<Record<number, Effect>>;

/**
 * What a number does where XACT_ABORT is off; everything else undoes its statement only, overflows (220, 242, 244, 248, 8115)
 * too. The victim of a deadlock loses its transaction at once outside of TRY; inside, CATCH has to roll it back.
 */
const EFFECTS: Effects = {
  245: "doom",
  241: "doom",
  235: "doom",
  8114: "doom",
  8169: "doom",
  13609: "doom",
  1205: "doom",
  207: "compile",
  208: "compile",
  209: "compile",
  102: "compile",
  4104: "compile",
  468: "compile",
  271: "compile",
  272: "compile",
  273: "compile",
  8102: "compile",
  334: "compile",
  8120: "compile",
  306: "compile",
  402: "compile",
  2714: "throw",
  40000: "compile",
  110: "compile",
  109: "compile",
};

/** The error as SQL Server raises it. */
export async function translateError(error: DatabaseError, failed: Failed): Promise<Raised> {
  const [number, message] = await beforeLevel150(await describe(error, failed), failed);
  const inTrigger = error.where?.includes(TRIGGER_PREFIX) === true;
  const effect = failed.effects[number] ?? EFFECTS[number] ?? "statement";
  const severity = number === 1205 ? 13 : [2627, 2601].includes(number) ? 14 : 16;
  return new Raised(number, message, inTrigger && effect === "statement" ? "doom" : effect, {
    severity,
  });
}

type Described = readonly [number, string];

/** Databases of older levels do not name the column of a text that is too long. */
async function beforeLevel150(described: Described, { ask }: Failed): Promise<Described> {
  if (described[0] !== 2628) return described;
  const [row] = await ask("SELECT compatibility_level FROM sys.databases");
  return Number(row?.[0]) < 150 ? [8152, "String or binary data would be truncated."] : described;
}

/** Errors whose message depends on nothing. */
const FIXED: Readonly<Record<string, Described>> = {
  "22012": [8134, "Divide by zero error encountered."],
  "21000": [
    8672,
    "The MERGE statement attempted to UPDATE or DELETE the same row more than once. This happens when a target row matches more than one source row. A MERGE statement cannot UPDATE/DELETE the same row of the target table multiple times. Refine the ON clause to ensure a target row matches at most one source row, or use the GROUP BY clause to group the source rows.",
  ],
  "40P01": [
    1205,
    "Transaction (Process ID 51) was deadlocked on lock resources with another process and has been chosen as the deadlock victim. Rerun the transaction.",
  ],
  "55P03": [1222, "Lock request time out period exceeded."],
  "22007": [241, "Conversion failed when converting date and/or time from character string."],
  "22008": [241, "Conversion failed when converting date and/or time from character string."],
  "42P21": [468, "Cannot resolve the collation conflict between two collations in the operation."],
  "42P22": [468, "Cannot resolve the collation conflict between two collations in the operation."],
};

async function describe(error: DatabaseError, failed: Failed): Promise<Described> {
  const code = error.code ?? "";
  if (code === "TSQLE") return [Number(error.detail), error.message];
  // Two sessions make the same object at once: PostgreSQL finds it in its catalog, SQL Server says it by the name.
  if (code === "23505" && error.schema === "pg_catalog") {
    const name = /=\(([^,)]*)/.exec(error.detail ?? "")?.[1] ?? "?";
    return [2714, `There is already an object named '${name}' in the database.`];
  }
  const conflict = await conflictOf(error, failed);
  if (conflict !== null) return conflict;
  const cardinality = error.message.includes("subquery");
  if (code === "21000" && cardinality) {
    return [
      512,
      "Subquery returned more than 1 value. This is not permitted when the subquery follows =, !=, <, <= , >, >= or when the subquery is used as an expression.",
    ];
  }
  return (
    FIXED[code] ??
    describeUncomparable(error) ??
    describeName(error) ??
    describeValue(error) ??
    unknown(error)
  );
}

function unknown(error: DatabaseError): Described {
  return [40000, `not in the set: ${error.message} (PostgreSQL ${error.code ?? "?"})`];
}

function quoted(message: string): string {
  return /"([^"]*)"/.exec(message)?.[1] ?? "?";
}

/** text, ntext and image: what they are compared with, what is sorted by them, and what index they would be in. */
function describeUncomparable({ code, message }: DatabaseError): Described | null {
  if (!/\b(lob|image)\b/.test(message)) return null;
  if (code === "42704")
    return [
      1919,
      "A column in table is of a type that is invalid for use as a key column in an index.",
    ];
  if (code !== "42883") return null;
  if (message.startsWith("operator")) {
    return [402, "The data types text and nvarchar are incompatible in the equal to operator."];
  }
  return [
    306,
    "The text, ntext, and image data types cannot be compared or sorted, except when using IS NULL or LIKE operator.",
  ];
}

/** Errors about what a name means. */
function describeName(error: DatabaseError): Described | null {
  const { message } = error;
  switch (error.code ?? "") {
    case "42703":
      return [
        207,
        `Invalid column name '${/column (?:[^ ]*\.)?"?([^" ]*)"? /.exec(message)?.[1] ?? quoted(message)}'.`,
      ];
    case "42P01":
      if (message.startsWith("table")) {
        return [
          3701,
          `Cannot drop the table '${quoted(message)}', because it does not exist or you do not have permission.`,
        ];
      }
      return message.includes("FROM-clause")
        ? [4104, `The multi-part identifier "${quoted(message)}" could not be bound.`]
        : [208, `Invalid object name '${quoted(message)}'.`];
    case "3F000":
      return message.startsWith("schema")
        ? [208, `Invalid object name '${quoted(message)}'.`]
        : unknown(error);
    case "42702":
      return [209, `Ambiguous column name '${quoted(message)}'.`];
    case "42P07":
    case "42710":
    case "42P06":
      return [2714, `There is already an object named '${quoted(message)}' in the database.`];
    case "42803":
      return [
        8120,
        `Column '${quoted(message)}' is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause.`,
      ];
    case "428C9":
      return describeFilled(error);
    case "42501":
      return [
        229,
        `The permission was denied on the object '${message.split(" ").at(-1) ?? ""}', schema 'dbo'.`,
      ];
    default:
      return null;
  }
}

/** Columns that the server fills itself. */
function describeFilled({ message, detail }: DatabaseError): Described {
  const column = quoted(message);
  if (detail?.includes("identity") !== true) {
    return [
      271,
      `The column "${column}" cannot be modified because it is either a computed column or is the result of a UNION operator.`,
    ];
  }
  if (message.includes("update")) return [8102, `Cannot update identity column '${column}'.`];
  return [
    544,
    `Cannot insert explicit value for identity column in table when IDENTITY_INSERT is set to OFF.`,
  ];
}

/** Values that do not fit, where PostgreSQL and not a conversion of ours found it. */
function describeValue(error: DatabaseError): Described | null {
  const { message } = error;
  switch (error.code ?? "") {
    case "22P02":
      return describeInput(message);
    case "22003":
      return describeOverflow(message);
    case "22001":
      return [2628, "String or binary data would be truncated."];
    case "42601":
      return /more (expressions|target columns)/.test(message)
        ? [
            message.includes("more expressions") ? 110 : 109,
            "The number of columns for each row in a table value constructor or of the SELECT list does not match the INSERT statement.",
          ]
        : null;
    default:
      return null;
  }
}

function describeInput(message: string): Described {
  const [, type = "", value = ""] = /for type ([a-z ]+): "(.*)"$/s.exec(message) ?? [];
  if (type === "integer" || type === "smallint" || type === "boolean") {
    const name = type === "integer" ? "int" : type === "boolean" ? "bit" : type;
    return [
      245,
      `Conversion failed when converting the varchar value '${value}' to data type ${name}.`,
    ];
  }
  if (type === "uuid")
    return [8169, "Conversion failed when converting from a character string to uniqueidentifier."];
  if (type === "json") return [13609, "JSON text is not properly formatted."];
  const name = type === "double precision" ? "float" : type;
  return [8114, `Error converting data type varchar to ${name}.`];
}

function describeOverflow(message: string): Described {
  const [, value, type] = /value "(.*)" is out of range for type (\w+)/s.exec(message) ?? [];
  if (value !== undefined && type === "integer") {
    return [248, `The conversion of the varchar value '${value}' overflowed an int column.`];
  }
  const name =
    /^(integer|bigint|smallint)/.exec(message)?.[1]?.replace("integer", "int") ?? "numeric";
  return [8115, `Arithmetic overflow error converting expression to data type ${name}.`];
}
