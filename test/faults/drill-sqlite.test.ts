/** Bugs planted in the built program, which the checks must find: on SQLite, for all that no database decides. */
import { drill } from "./torture/drill.ts";
import type { Bug } from "./torture/drill.ts";
import { lockedOut, overlapped, takenOver } from "./torture/overlaps.ts";
import {
  durable,
  edited,
  faults,
  grown,
  hung,
  interrupted,
  undisturbed,
  unknownError,
} from "./torture/scenarios.ts";

const killedAround = faults(["committed:2:kill", "reject-written:3:kill", "moved:4:kill"]);
const twoSources = undisturbed({ workload: { sources: 2 } });
const once = undisturbed();

const BUGS: readonly Bug[] = [
  {
    name: "the checkpoint is moved after the commit, in a transaction of its own",
    file: "src/checkpoint/commit-job.js",
    edits: [
      [
        "await cursor.write(table, last);",
        `transaction.commitWith = async () => {
           await transaction.commit();
           if (globalThis.hasCommitted) failPoint("committed");
           globalThis.hasCommitted = true;
           await table.executor.begin();
           await cursor.write(table, last);
           await table.executor.commit();
           return true;
         };`,
      ],
    ],
    scenario: killedAround,
  },
  {
    name: "the checkpoint is moved without a look at epoch and place",
    file: "src/checkpoint/checkpoint-table.js",
    edits: [
      [
        " and part = ${dialect.parameter(3)} and epoch = ${dialect.parameter(4)} and byte_off = ${dialect.parameter(5)}${",
        " and part = ${dialect.parameter(3)} and ${dialect.parameter(4)} >= 0 and ${dialect.parameter(5)} >= 0${",
      ],
      [
        " and part = ${at(3)} and epoch = ${at(4)} and byte_off = ${at(5)}${",
        " and part = ${at(3)} and ${at(4)} >= 0 and ${at(5)} >= 0${",
      ],
    ],
    scenario: overlapped,
  },
  {
    name: "taking a job over does not raise the epoch",
    file: "src/checkpoint/checkpoint-table.js",
    edits: [["set epoch = epoch + 1,", "set epoch = epoch,"]],
    scenario: takenOver,
  },
  {
    name: "a run that goes on leaves out the records that it reads first",
    file: "src/sources/find-work.js",
    edits: [
      [
        "return { source, chunks: reading.chunks };",
        `const { chunks } = reading;
         const later = async function* () {
           let at = 0;
           for await (const chunk of chunks) if (at++ > 0 || known === null || known.offset.byte === 0) yield chunk;
         };
         return { source, chunks: later() };`,
      ],
    ],
    scenario: killedAround,
  },
  {
    name: "a run that goes on starts from the first record",
    file: "src/sources/find-work.js",
    edits: [["if (known !== null) {", "if (known === undefined) {"]],
    scenario: killedAround,
  },
  {
    name: "what was loaded is not compared with what stands in the file",
    file: "src/sources/check-beginning.js",
    edits: [["if (found !== prefix) {", "if (found === null) {"]],
    scenario: edited,
  },
  {
    name: "the reject file is not cut back to the last commit",
    file: "src/account/reject-output.js",
    edits: [["ftruncateSync(descriptor, bytes);", ""]],
    scenario: killedAround,
  },
  {
    name: "rejects are written after the commit",
    file: "src/account/ledger.js",
    edits: [
      ["this.rejects.take(", "(this.late ??= []).push("],
      [
        "this.#keptMisfits = new MisfitTally(this.#misfits);",
        "this.#keptMisfits = new MisfitTally(this.#misfits);\n for (const each of (this.late ?? []).splice(0)) this.rejects.take(each);",
      ],
    ],
    scenario: killedAround,
  },
  {
    name: "where the reject file stands is not in the checkpoint",
    file: "src/checkpoint/cursor.js",
    edits: [
      [
        "if (rejects === null || isDeepStrictEqual",
        "if (rejects !== undefined || isDeepStrictEqual",
      ],
    ],
    scenario: killedAround,
  },
  {
    name: "rejects are not made durable before the commit",
    file: "src/account/reject-book.js",
    edits: [["this.#files?.sync();", ""]],
    scenario: durable,
  },
  {
    name: "an error that nobody knows is tried again",
    file: "src/errors/upsurge-error.js",
    edits: [['return error instanceof StartAgain ? "restart" : "no";', 'return "backoff";']],
    scenario: unknownError,
  },
  {
    name: "counts begin at 0 with every run",
    file: "src/account/ledger.js",
    edits: [["addCounts(this.#seen, before);", ""]],
    scenario: killedAround,
  },
  {
    name: "the checkpoint counts its last commit alone",
    file: "src/checkpoint/cursor.js",
    edits: [["sumOfLoads([carrier.counts, counts])", "sumOfLoads([counts])"]],
    scenario: once,
  },
  {
    name: "a load that hangs ends with 0",
    file: "bin/upsurge.js",
    edits: [
      ["process.exitCode = 1;", "process.exitCode = 0;"],
      ["watchOver(process)", "(code) => { process.exitCode = code; }"],
    ],
    scenario: hung,
  },
  {
    name: "a finished job is done again",
    file: "src/load/resume-job.js",
    edits: [
      ["const early = finished ? await find(seen) : null;", "const early = null;"],
      [
        "await takeJob(table, job, { reset, first, madeAs, claim })",
        "await takeJob(table, job, { reset: reset || finished, first, madeAs, claim })",
      ],
    ],
    scenario: once,
  },
  {
    name: "a file that has grown is loaded from its first record",
    file: "src/sources/find-work.js",
    edits: [["if (known !== null) {", "if (known !== null && known.total === null) {"]],
    scenario: grown,
  },
  {
    name: "the last batch is left out, and its source called done",
    file: "src/write/one-session.js",
    edits: [
      [
        "const [written] = await Promise.all([",
        "if (readBatch.end?.isLast === true) return this.#pass(readBatch.end); const [written] = await Promise.all([",
      ],
    ],
    scenario: once,
  },
  {
    name: "the end of a source that others follow is forgotten",
    file: "src/write/one-session.js",
    edits: [["this.#offsets.push(end.committedOffset());", "{}"]],
    scenario: twoSources,
  },
  {
    name: "an interrupted load ends with 0",
    file: "src/load/reporting/make-report.js",
    edits: [['["interrupted", 128 + signalNumber(signal), null]', '["interrupted", 0, null]']],
    scenario: interrupted,
  },
  {
    name: "the lock of a job keeps nobody out",
    file: "src/targets/sqlite/job-lock.js",
    edits: [["return null;", "return { release: async () => {} };"]],
    scenario: lockedOut,
  },
  {
    name: "the lock of a job leaves its file behind",
    file: "src/targets/sqlite/job-lock.js",
    edits: [["await unlink(side).catch(() => { });", ""]],
    scenario: once,
  },
];

drill(
  "sqlite",
  BUGS.filter(({ edits }) => edits.length > 0),
);
