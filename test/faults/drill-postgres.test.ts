/** Bugs planted in the built program, which the checks must find: on PostgreSQL, for several writers and what a server decides. */
import { drill } from "./torture/drill.ts";
import type { Bug } from "./torture/drill.ts";
import { lockedOut, overlapped } from "./torture/overlaps.ts";
import { faults, rowLocked, undisturbed } from "./torture/scenarios.ts";

const twoWriters = { writers: 2, workload: { bad: 0 } };
// The database refuses two records among the first.
const fewRejects = { writers: 2, workload: { bad: 2, seed: 146, records: 192 } };
const oneAhead = faults(
  ["committed:2:kill", "committed:3:kill", "committed:4:kill", "committed:5:kill"],
  twoWriters,
);
const oneAheadWithRejects = faults(
  ["committed:3:kill", "committed:4:kill", "committed:5:kill", "committed:6:kill"],
  fewRejects,
);
const repeated = undisturbed({
  batchRows: 400,
  strategy: "select-then-write",
  workload: { bad: 0, records: 36 },
});

const BUGS: readonly Bug[] = [
  {
    name: "what one writer has committed is not passed over",
    file: "src/write/skip-committed.js",
    edits: [["!isWritten(row, partitions, hashes)", "true"]],
    scenario: oneAhead,
  },
  {
    name: "what one writer has committed is passed over for all",
    file: "src/write/skip-committed.js",
    edits: [["!isWritten(row, partitions, hashes)", "false"]],
    scenario: oneAhead,
  },
  {
    name: "the job goes on where the writer stands that came furthest",
    file: "src/model/source-offset.js",
    edits: [["isBefore(b.offset, a.offset)", "isBefore(a.offset, b.offset)"]],
    scenario: oneAhead,
  },
  {
    name: "rejects are written while several writers commit each for itself",
    file: "src/write/parallel/queue.js",
    edits: [
      ["if (range !== null && written.rejects.length > 0)", "if (range === undefined)"],
      ["const rejects = account.beforeCommit();", "account.beforeCommit(); const rejects = null;"],
    ],
    scenario: oneAheadWithRejects,
  },
  {
    name: "the counts of the other writers are forgotten when the partitions become one",
    file: "src/checkpoint/cursor.js",
    edits: [["sumOfLoads(this.rows.map((row) => row.counts))", "sumOfLoads([first.counts])"]],
    scenario: undisturbed(twoWriters),
  },
  {
    name: "the occurrences of a key are written in another order",
    file: "src/targets/postgres/apply/fold-sql.js",
    edits: [
      ["order by upsurge_ord) as upsurge_turn", "order by upsurge_ord desc) as upsurge_turn"],
      ["order by ${keys}, upsurge_ord loop", "order by ${keys}, upsurge_ord desc loop"],
    ],
    scenario: repeated,
  },
  {
    name: "a fault that passes becomes a reject",
    file: "src/targets/postgres/errors.js",
    edits: [
      ["40P01 55P03 57P01", "40P01 57P01"],
      ['["22", "23", "44", "P0"]', '["22", "23", "44", "55", "P0"]'],
    ],
    scenario: rowLocked,
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
    name: "the lock of a job keeps nobody out",
    file: "src/targets/postgres/job-lock.js",
    edits: [["if (rows[0]?.locked === true)", "if (rows.length > 0)"]],
    scenario: lockedOut,
  },
];

drill("postgres", BUGS);
