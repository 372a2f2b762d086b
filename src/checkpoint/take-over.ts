/** Takes a job for this run: its rows are read, and made this run's own in a transaction that waits for whoever holds them. */
import { hostname } from "node:os";
import { failPoint } from "../testing/fail-point.ts";
import type { ErrorCode } from "../errors/codes.ts";
import { messageOf } from "../errors/message-of.ts";
import { printDdlCommand } from "../errors/print-ddl.ts";
import { UpsurgeError, upsurgeError } from "../errors/upsurge-error.ts";
import type { Checkpoint, CheckpointValues, RejectOffsets } from "../model/checkpoint.ts";
import type { JobPlan } from "../model/load-plan.ts";
import type { CheckpointTable } from "./checkpoint-table.ts";
import type { Session } from "../targets/target.ts";
import { emptyRow } from "./cursor.ts";
import { refuseSharedList } from "./shared-list.ts";

/** What is to be true of the job once it is taken. */
export interface TakeOverRequest {
  /** Forget what earlier runs have done. */
  readonly reset: boolean;
  /** The source that a new job begins with. */
  readonly first: { readonly name: string };
  /** What tells the table that is written to from one made later; `null`: nothing does. */
  readonly madeAs: string | null;
  /**
   * Which reject files belong to the job from now on, given those that it has and what the job was; throws when they
   * cannot. `null`: none.
   * Asked while the rows are held, so that no file is made for a job that somebody else has.
   */
  readonly claim: (
    claimed: RejectOffsets | null,
    was: "running" | "finished" | "reset",
  ) => RejectOffsets | null;
}

/** How a job is looked at. */
export interface JobLookup {
  readonly reset: boolean;
  /** Whether an error says nothing of the table. */
  readonly mayPass: (error: unknown) => boolean;
}

/** Of a name that the database cannot spell, and of a database as a whole. */
const OF_OTHER_THINGS: ReadonlySet<string> = new Set([
  "TARGET_ENCODING",
  "TARGET_MOVED",
  "TARGET_NOT_WRITABLE",
] satisfies ErrorCode[]);

/** Tells errors that say nothing of a checkpoint table: those that may pass, and those about something else. */
export function otherErrors(
  session: Pick<Session, "classify" | "translate">,
): JobLookup["mayPass"] {
  return (error) => {
    if (session.classify(error) === "transient") return true;
    const ours = session.translate(error);
    return ours instanceof UpsurgeError && OF_OTHER_THINGS.has(ours.code);
  };
}

/** The rows of a job, before it is taken. Makes the table when there is none. Throws `CHECKPOINT_*`, `JOB_OPTIONS`. */
export async function lookAtJob(
  table: CheckpointTable,
  plan: JobPlan,
  { reset, mayPass }: JobLookup,
): Promise<Checkpoint[]> {
  await ensureTable(table, plan, mayPass);
  const rows = await readRows(table, { name: plan.table, job: plan.name, mayPass });
  refuseSharedList(rows, plan);
  if (reset) return [];
  refuseOthers(rows, plan);
  return rows;
}

/** What is read of a checkpoint table. */
export interface CheckpointReading {
  /** Of the table. */
  readonly name: string;
  /** `null`: every job. */
  readonly job: string | null;
  readonly mayPass: JobLookup["mayPass"];
}

/**
 * The rows of a job, or of all. Throws `CHECKPOINT_TABLE` for a table that is none, or that may not be read, and
 * `CHECKPOINT_VERSION` for a row of a later version.
 */
export async function readRows(
  table: CheckpointTable,
  { name, job, mayPass }: CheckpointReading,
): Promise<Checkpoint[]> {
  try {
    return await table.read(job);
  } catch (cause) {
    if (cause instanceof UpsurgeError || mayPass(cause)) throw cause;
    const reason = `it cannot be read: ${messageOf(cause)}`;
    const suggestion = `choose another with --checkpoint-table; a load needs select, insert, update and delete on it, and \`${printDdlCommand(name)}\` shows its columns`;
    throw upsurgeError("CHECKPOINT_TABLE", { table: name, reason, suggestion }, { cause });
  }
}

async function ensureTable(
  table: CheckpointTable,
  { table: name }: JobPlan,
  mayPass: JobLookup["mayPass"],
): Promise<void> {
  try {
    if (await table.exists()) {
      table.refuseRewritten();
      return;
    }
    await table.create();
  } catch (cause) {
    if (mayPass(cause) || isOfTable(cause)) throw cause;
    const reason = `it is not there for this user, and cannot be made: ${messageOf(cause)}`;
    const suggestion = `let an administrator run what \`${printDdlCommand(name)}\` prints, and what \`upsurge plan --grants\` prints for this load; or name one in another schema, with --checkpoint-table SCHEMA.NAME; or load without a checkpoint, with --allow-at-least-once`;
    throw upsurgeError("CHECKPOINT_TABLE", { table: name, reason, suggestion }, { cause });
  }
}

function isOfTable(error: unknown): boolean {
  return error instanceof UpsurgeError && error.code === "CHECKPOINT_TABLE";
}

function refuseOthers(rows: readonly CheckpointValues[], { name, config }: JobPlan): void {
  if (rows.every((row) => row.config === config)) return;
  const reason =
    "the table, the key, the mapping, an expression or an option of reading is not what it was, so the same bytes would mean something else";
  throw upsurgeError("JOB_OPTIONS", { job: name, reason });
}

/** Rows that another run inserts at the same time are there the next time; so often they are some that nobody sees. */
const MOST_TRIES = 5;

/** Makes the job this run's own, and answers with its rows. Throws `CHECKPOINT_TABLE` where the table does not let it. */
export async function takeJob(
  table: CheckpointTable,
  plan: JobPlan,
  taking: TakeOverRequest,
): Promise<CheckpointValues[]> {
  let met: "insert" | "update" = "insert";
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const taken = await tryToTake(table, plan, taking);
    if (typeof taken !== "string") return taken;
    met = taken;
  }
  throw table.dropsRows(met === "insert" ? "select" : "update");
}

/** The rows; the statement that another run has met which inserts the job's first row at the same time. */
async function tryToTake(
  table: CheckpointTable,
  plan: JobPlan,
  { reset, first, madeAs, claim }: TakeOverRequest,
): Promise<CheckpointValues[] | "insert" | "update"> {
  const { executor } = table;
  const owner = `${hostname()}:${process.pid}`;
  failPoint("take-over");
  await executor.begin();
  try {
    await table.takeOver(plan.name, owner);
    let rows: CheckpointValues[] = await table.read(plan.name);
    if (rows.some((row) => row.owner !== owner)) {
      await executor.rollback();
      return "update";
    }
    refuseSharedList(rows, plan);
    if (!reset) refuseOthers(rows, plan);
    const epoch = Math.max(0, ...rows.map((row) => row.epoch)) + (rows.length === 0 ? 1 : 0);
    const had = rows.find(isHead)?.rejects ?? null;
    if (reset || rows.length === 0) {
      // Only rows that are held: one that appears meanwhile is another run's.
      const gone = rows.length > 0 ? await table.forget(plan.name) : 0;
      if (gone < rows.length) throw table.dropsRows("delete");
      const owned = { job: plan.name, config: plan.config, madeAs, epoch, owner };
      const row = emptyRow(owned, { number: 1, name: first.name });
      // Waits for a run that is about to insert it as well, whose reject files would be taken for somebody else's.
      await table.insert(row);
      rows = [row];
    }
    rows = await rememberTable(table, rows, madeAs);
    const finished = rows.every((each) => each.total !== null);
    const was = reset ? "reset" : finished ? "finished" : "running";
    rows = await claimRejects(table, rows, claim(had, was));
    await executor.commit();
    failPoint("taken-over");
    return rows;
  } catch (error) {
    await executor.rollback();
    if (executor.isDuplicate(error)) return "insert";
    throw error;
  }
}

/** The rows, with the table that they are about from now on. */
async function rememberTable(
  table: CheckpointTable,
  rows: readonly CheckpointValues[],
  madeAs: string | null,
): Promise<CheckpointValues[]> {
  const next = rows.map((row) => (madeAs === null ? row : { ...row, madeAs }));
  for (const [at, row] of rows.entries()) {
    const changed = next[at];
    if (changed !== undefined && changed.madeAs !== row.madeAs) await table.advance(row, changed);
  }
  return next;
}

/** The rows, with the reject files that are the job's now. */
async function claimRejects(
  table: CheckpointTable,
  rows: readonly CheckpointValues[],
  rejects: RejectOffsets | null,
): Promise<CheckpointValues[]> {
  const holder = rows.find(isHead);
  if (holder === undefined || rejects === holder.rejects) return [...rows];
  const next = { ...holder, rejects };
  await table.advance(holder, next);
  return rows.map((row) => (row === holder ? next : row));
}

/** The first row of all, which knows of the rejects. */
function isHead({ source, partition }: CheckpointValues): boolean {
  return source === 1 && partition === 0;
}
