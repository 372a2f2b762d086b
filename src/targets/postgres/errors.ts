/**
 * What errors of PostgreSQL mean to a load, by their SQLSTATE: who is at fault, and which error of ours it is. The text of a message
 * decides nothing, except where no state tells that a policy refused a row.
 */
import { systemCodeOf } from "../../errors/system-code.ts";
import type { ErrorCode } from "../../errors/codes.ts";
import { messageOf } from "../../errors/message-of.ts";
import { UpsurgeError, upsurgeError } from "../../errors/upsurge-error.ts";
import type { ErrorContext } from "../../errors/upsurge-error.ts";
import type { Row, RowFault } from "../../model/batch.ts";
import type { RowCode } from "../../model/reject.ts";
import type { TableShape } from "../../model/table-shape.ts";
import { classifyOther, lostError, privilegeMissing } from "../session-errors.ts";
import type { ErrorClass } from "../target.ts";
import { mayPass, poolerError } from "./pooler-errors.ts";
import { LOGIN_FIX, POLICY_FIX, TLS_FIX } from "./words.ts";

/** The fields of a server error that we use. */
export interface PostgresError extends Error {
  readonly code: string;
  readonly column?: string;
  readonly constraint?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly severity?: string;
  /** What the server was at, from the inside out. */
  readonly where?: string;
  /** The function of the server that reported it. */
  readonly routine?: string;
}

/** True for an error the server sent. */
export function isServerError(error: unknown): error is PostgresError {
  return error instanceof Error && "severity" in error && "code" in error;
}

const ROW_CODES: Readonly<Record<string, RowCode>> = {
  "22001": "ROW_LENGTH",
  "22026": "ROW_LENGTH",
  "22003": "ROW_RANGE",
  "22008": "ROW_RANGE",
  "22015": "ROW_RANGE",
  "22021": "ROW_NUL",
  "22P05": "ROW_NUL",
  "23502": "ROW_NOT_NULL",
  "23503": "ROW_FOREIGN_KEY",
  "23505": "ROW_UNIQUE",
  "23P01": "ROW_UNIQUE",
  "23514": "ROW_CHECK",
  "44000": "ROW_CHECK",
  "54000": "ROW_LENGTH",
  "54001": "ROW_TOO_DEEP",
};

/** SQLSTATE classes that a row can cause: data exceptions, constraints, check options, RAISE in a trigger. */
const ROW_CLASSES = ["22", "23", "44", "P0"];

const TRANSIENT = new Set(
  `25P03 25P04 40001 40P01 55P03 57P01 57P02 57P03 57P05 57014 53000 53100 53200 53300 08000 08001 08003 08004 08006 25006`.split(
    " ",
  ),
);

/** The classes of the server's own SQLSTATEs; a RAISE in a trigger may make up others, and a row made it run. */
const SERVER_CLASSES = new Set(
  `00 01 02 03 08 09 0A 0B 0F 0L 0P 0Z 20 21 22 23 24 25 26 27 28 2B 2D 2F 34 38 39 3B 3D 3F 40 42 44 53 54 55 57 58 72 F0 HV
   P0 XX`.split(/\s+/),
);

/**
 * Classes in which the input function of a type may refuse a text: hstore, ltree, jsonpath and tsquery call it a syntax
 * error, a type of names an unknown object. A statement that is wrong or a server that is ill gives the same states, so
 * they count as a row's only where the text by itself, cast once more, fails again.
 */
const VALUE_CLASSES = ["0A", "2F", "38", "39", "3F", "42", "54"];
/** What an input function raises without a thought for a code; XX001 and XX002 are damaged data. */
const INTERNAL_ERROR = "XX000";
/** The state of what a user may not do. */
export const PRIVILEGE = "42501";
/** Never a value's fault: privileges, a column that is not there any more, and limits that a statement meets. */
const NO_VALUE_STATES = [PRIVILEGE, "42703", "54011", "54023"];

/** How a SQLSTATE changes what happens next. */
export function classifyState(state: string): ErrorClass {
  if (TRANSIENT.has(state)) return "transient";
  if (state === "21000") return "repeat";
  return isRowState(state) ? "row" : "fatal";
}

/** True for a state that a single row caused. */
function isRowState(state: string): boolean {
  if (TRANSIENT.has(state)) return false;
  const family = state.slice(0, 2);
  return ROW_CLASSES.includes(family) || state in ROW_CODES || !SERVER_CLASSES.has(family);
}

/**
 * True for a state that the input function of a type may give: the row that caused it, if any did, is worth looking for. It
 * is a row's where its text alone fails with such a state.
 */
function isValueState(state: string): boolean {
  if (state in ROW_CODES || NO_VALUE_STATES.includes(state)) return false;
  return VALUE_CLASSES.includes(state.slice(0, 2)) || state === INTERNAL_ERROR;
}

/** `isValueState` as SQL. */
export function isValueStateSql(state: string): string {
  return `((left(${state}, 2) in (${literals(VALUE_CLASSES)}) or ${state} = '${INTERNAL_ERROR}')
    and ${state} not in (${literals([...NO_VALUE_STATES, ...Object.keys(ROW_CODES)])}))`;
}

/**
 * How an error changes what happens next. A RAISE may give any SQLSTATE: it is what the user's code says of a row. Whether a
 * state that the input function of a type may give is a row's shows when the rows are taken one by one.
 */
export function classifyError(error: PostgresError): ErrorClass {
  const pooler = poolerError(error);
  if (pooler !== null) return mayPass(pooler) ? "transient" : "fatal";
  return isRowError(error) || isValueState(error.code) ? "row" : classifyState(error.code);
}

/** The same for any error; `isLost`: the connection is gone. */
export function classOf(error: unknown, isLost: boolean): ErrorClass {
  return isServerError(error) ? classifyError(error) : classifyOther(error, isLost);
}

/** True for an error that a row caused for certain: by its state, or because the user's code raised it. */
export function isRowError(error: PostgresError): boolean {
  return isRaised(error) || isRowState(error.code) || isOfPolicy(error);
}

/** Whether a policy refuses a row that is to be written: the function that checks such rows says so. */
function isOfPolicy({ code, routine }: Pick<PostgresError, "code" | "routine">): boolean {
  return code === PRIVILEGE && routine === "ExecWithCheckOptions";
}

/**
 * SQL that is true where a policy of `table` refused the row of a block, whose state, message and context are in these
 * variables: no function of another's has failed, and the table is one that policies guard.
 */
export function isOfPolicySql(
  table: string,
  at: Readonly<Record<"state" | "message" | "context", string>>,
): string {
  const words = `${at.message} ~ 'row-level security'`;
  const own = isOwnSql(at.context);
  const guarded = `row_security_active(${table}::regclass) and ${at.message} !~ '^permission denied'`;
  return `(${at.state} = '${PRIVILEGE}' and (${words} or (${own} and ${guarded})))`;
}

/** SQL that is true for an error of a block's own statement, whose context is in `context`: no function of another's has failed. */
export function isOwnSql(context: string): string {
  return `(length(${context}) - length(replace(${context}, 'PL/pgSQL', ''))) <= length('PL/pgSQL')`;
}

/** Whether RAISE in PL/pgSQL made the error, whose SQLSTATE then says nothing of the server. */
function isRaised({ routine }: Pick<PostgresError, "routine">): boolean {
  return routine === "exec_stmt_raise";
}

/** SQL that is true where RAISE made the error whose context is in `context`; the words of its place are not translated. */
export function isRaisedSql(context: string): string {
  return `split_part(${context}, e'\n', 1) ~ ' RAISE$'`;
}

/** SQL that is true for a state in `state` that a single row caused; 21000 is its own fault, since it repeats nothing. */
export function isRowStateSql(state: string): string {
  const ours = literals([...SERVER_CLASSES]);
  return `(left(${state}, 2) in (${literals(ROW_CLASSES)}) or left(${state}, 2) not in (${ours})
    or ${state} in (${literals(["21000", ...Object.keys(ROW_CODES)])}))`;
}

function literals(values: readonly string[]): string {
  return values.map((each) => `'${each}'`).join(", ");
}

/** The stable code of a row that was refused with this SQLSTATE; `column`: whose value fails by itself, empty for none. */
function rowCode(state: string, column: string): RowCode {
  const isType = state.startsWith("22") || (isValueState(state) && column !== "");
  return ROW_CODES[state] ?? (isType ? "ROW_TYPE" : "ROW_REFUSED");
}

/** The fault of a row that the server refused with this error. */
export function rowFault(row: Row, error: unknown, table: TableShape): RowFault {
  if (!isServerError(error)) throw error;
  return faultOf(row, error, table);
}

/** The same of what is known of an error. */
export function faultOf(
  row: Row,
  error: SaidError & Pick<PostgresError, "column" | "constraint">,
  { name }: Pick<TableShape, "name">,
): RowFault {
  const { code: state, column = "", constraint = "", raised = isRaised(error) } = error;
  return {
    row,
    // What a row may not do is a policy's word, unless RAISE has said so.
    code: state === PRIVILEGE && !raised ? "ROW_CHECK" : rowCode(state, column),
    dbCode: state,
    column: column === "" ? null : column,
    constraint: constraint === "" ? null : constraint,
    // A row that is refused in the stage is one that the table refuses.
    message: sayError(error).replaceAll(/\bupsurge(?:_\w+)?_stage\b/g, name.name),
  };
}

/** States whose detail is the whole row, which may be long or secret; that of all others names a key, or part of a value. */
const ROW_IN_DETAIL = new Set(["23502", "23514", "44000"]);

/** So much of a message or its detail is shown. */
const SHOWN_LENGTH = 200;

/** What is told of an error. */
type SaidError = Pick<PostgresError, "code" | "message" | "detail" | "hint" | "routine"> & {
  /** RAISE made it; absent: its routine tells. */
  readonly raised?: boolean;
};

/**
 * What the server says: its message, and its detail where that tells more than the row itself. What RAISE made is told whole: its hint
 * is about the row, while those of the server itself are for whoever writes the statement.
 */
export function sayError(error: SaidError): string {
  const { code, message, detail = "", hint = "", raised = isRaised(error) } = error;
  const more = [raised || !ROW_IN_DETAIL.has(code) ? detail : "", raised ? hint : ""];
  const told = more.filter((text) => text !== "").map((text) => text.replace(/\.$/, ""));
  return [message, ...told].map(shortened).join(": ");
}

function shortened(text: string): string {
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}

const NO_DATABASE =
  "check the name of the database at the end of the URL; psql -l lists those of a server, and without a name it is that of the user";

/** A failure to connect as one of our errors. */
export function connectError(error: unknown, target: string, tls: boolean): Error {
  const context = { cause: error };
  const reason = messageOf(error);
  if (isServerError(error)) {
    const said = poolerError(error)?.code;
    if (error.code === "3D000" || said === "TARGET_NO_DATABASE") {
      return upsurgeError(
        "TARGET_NO_DATABASE",
        { target, reason },
        { ...context, fix: NO_DATABASE },
      );
    }
    if (error.code.startsWith("28") || said === "TARGET_LOGIN") {
      return upsurgeError("TARGET_LOGIN", { target, reason }, { ...context, fix: LOGIN_FIX });
    }
    return translateError(error, target);
  }
  if (error instanceof UpsurgeError) return error;
  const code = systemCodeOf(error);
  const isNetwork = /^E(CONN|NOTFOUND|HOST|NET|TIMEDOUT|AI_AGAIN|PIPE|NOENT|ACCES)/.test(code);
  if (tls && !isNetwork)
    return upsurgeError("TARGET_TLS", { target, reason }, { ...context, fix: TLS_FIX });
  return upsurgeError("TARGET_UNREACHABLE", { target, reason }, context);
}

/** A driver's error during a load as one of ours; errors of ours pass through. */
export function translateError(error: unknown, target: string): Error {
  if (!(error instanceof Error)) return upsurgeError("INTERNAL", { message: String(error) });
  if (!isServerError(error)) return error;
  const details = { target, reason: describe(error) };
  const context = { cause: error };
  const pooler = poolerError(error);
  if (pooler !== null) return ofPooler(pooler, { target, reason: error.message }, context);
  if (isRaised(error)) return upsurgeError("TARGET_STATEMENT", details, context);
  if (error.code === PRIVILEGE) {
    if (isOfPolicy(error)) return privilegeMissing(error, POLICY_FIX);
    const all = "; `upsurge plan --grants` prints all that a load needs";
    return privilegeMissing(error, `grant what the message names${all}`);
  }
  const otherwise = TRANSIENT.has(error.code) ? "TARGET_BUSY" : "TARGET_STATEMENT";
  const fix = error.code === READ_ONLY ? WRITES_FIX : timeoutFix(error.code);
  return upsurgeError(OUR_CODES[error.code] ?? otherwise, details, { ...context, fix });
}

/** What a pooler before the server says. */
function ofPooler(
  { code, fix }: NonNullable<ReturnType<typeof poolerError>>,
  { target, reason }: Readonly<Record<"target" | "reason", string>>,
  context: ErrorContext,
): UpsurgeError {
  const details = { target, reason: `the pooler before the server says: ${reason}` };
  return upsurgeError(code, details, { ...context, fix });
}

/** The error of a connection that is lost; `said`: what the server said before it hung up. */
export function lostAfter(said: PostgresError | null, error: unknown, target: string): Error {
  if (said === null || error instanceof UpsurgeError) return lostError(error, target);
  return translateError(said, target);
}

/** The settings with which a server ends what takes too long. */
const TIMEOUTS: Readonly<Record<string, string>> = {
  "25P03": "idle_in_transaction_session_timeout",
  "25P04": "transaction_timeout",
  "57014": "statement_timeout",
  "57P05": "idle_session_timeout",
};

/** What helps against one of them; somebody may have cancelled a statement as well, which gives the same state. */
function timeoutFix(state: string): string | undefined {
  const setting = TIMEOUTS[state];
  if (setting === undefined) return undefined;
  return `${setting} is a setting of the server, the database, the role or the URL: raise it there, or for this load with PGOPTIONS='-c ${setting}=0', then run the same command again`;
}

/** A transaction, or the server, that takes no writes. */
const READ_ONLY = "25006";

/** Standbys, and settings of the user's own, are told before the load begins. */
const WRITES_FIX =
  "find out why the server takes no writes (a switch to another one, maintenance, a disk that is almost full), then run the same command again";

/** What is told apart for the user. */
const OUR_CODES: Readonly<Record<string, ErrorCode>> = {
  "53100": "TARGET_FULL",
  "22P05": "TARGET_ENCODING",
  [READ_ONLY]: "TARGET_READ_ONLY",
  "57P01": "TARGET_LOST",
  "57P02": "TARGET_LOST",
  "57P03": "TARGET_LOST",
  // The next try would take as long.
  "25P03": "TARGET_TIME_LIMIT",
  "25P04": "TARGET_TIME_LIMIT",
  "57P05": "TARGET_TIME_LIMIT",
};

/** What the server says of a statement that it refuses; `null` for other errors. */
export function saidOf(error: unknown): string | null {
  return isServerError(error) ? `${error.message} (${error.code})` : null;
}

function describe(error: PostgresError): string {
  return `${sayError(error)} (${error.code})`;
}
