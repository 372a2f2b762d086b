/** Runs the requests of one logged-in client against its session, and commits the faults that a test asks for. */
import { Answer } from "./answer.ts";
import type { Outlet } from "./answer.ts";
import { TdsError } from "./backend.ts";
import type { TdsEvent, TdsMessage, TdsSession } from "./backend.ts";
import type { TdsFault, TdsFaultPlan, TdsFaults, TdsRequest } from "./faults.ts";
import { Interruptible } from "./interruptible.ts";
import { MESSAGE } from "./packets.ts";
import type { Message } from "./packets.ts";
import * as requests from "./requests.ts";
import type { BulkTarget, Call, TransactionRequest } from "./requests.ts";

const DEADLOCK = 1205;

/** How the driver looks, before each request, whether a connection of its pool still lives. */
const DRIVER_PROBE = "SELECT 1;";

/** What becomes of the connection after a request: it goes on, ends as the server ends it, or breaks. */
export type Outcome = "open" | "end" | "cut";

/** What requests run against. */
export interface RunnerOptions {
  readonly session: TdsSession;
  readonly outlet: Outlet;
  readonly faults: TdsFaults;
  /** Counts a request among those of its kind. */
  readonly count: (kind: TdsRequest["kind"]) => number;
}

type Work = (plan: TdsFaultPlan) => Promise<void>;

class Cut extends Error {}

/** Runs requests, one at a time. */
export class RequestRunner {
  readonly #options: RunnerOptions;
  readonly #session: TdsSession;
  #bulk: (BulkTarget & { readonly sql: string }) | undefined;
  /** The transaction that the client knows of. */
  #transaction: bigint | undefined;
  #lastTransaction = 0n;
  #hasSettings = false;
  /** A canceled request is answered at once, but may still be running. */
  #settled: Promise<unknown> = Promise.resolve();

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#session = options.session;
  }

  /** Runs a request and answers it. */
  async run(message: Message, signal: AbortSignal): Promise<Outcome> {
    await this.#settled;
    const answer = new Answer(this.#options.outlet, message.type === MESSAGE.RPC);
    try {
      if (message.ignored) this.#bulk = undefined;
      else await this.#perform(message, answer, signal);
    } catch (error) {
      if (error instanceof Cut) return "cut";
      answer.error(asMessage(error));
    }
    this.#tellTransaction(answer, "rollback");
    await answer.end();
    return answer.closes ? "end" : "open";
  }

  /** Closes the session once nothing runs in it. */
  async close(): Promise<void> {
    await this.#settled;
    await this.#session.close();
  }

  async #perform(message: Message, answer: Answer, signal: AbortSignal): Promise<void> {
    switch (message.type) {
      case MESSAGE.SQL_BATCH:
        return await this.#batch(requests.readBatch(message.data), answer, signal);
      case MESSAGE.RPC: {
        const call = requests.readCall(message.data);
        return await this.#faulty({ kind: "rpc", sql: call.sql }, answer, (plan) =>
          this.#execute(call, { answer, plan, signal }),
        );
      }
      case MESSAGE.BULK_LOAD:
        return await this.#bulkLoad(message.data, answer);
      case MESSAGE.TRANSACTION_MANAGER:
        return await this.#transact(requests.readTransactionRequest(message.data), answer);
      default:
        throw new Error(`message type ${message.type} is unknown`);
    }
  }

  async #batch(sql: string, answer: Answer, signal: AbortSignal): Promise<void> {
    const target = requests.readInsertBulk(sql);
    if (target) {
      this.#bulk = { ...target, sql };
      return;
    }
    await this.#faulty({ kind: "batch", sql }, answer, (plan) =>
      this.#execute({ sql, parameters: [] }, { answer, plan, signal }),
    );
  }

  async #bulkLoad(data: Buffer, answer: Answer): Promise<void> {
    const bulk = this.#bulk;
    this.#bulk = undefined;
    if (!bulk) throw new Error("bulk rows without an insert bulk");
    const { sql, ...target } = bulk;
    await this.#faulty({ kind: "bulk", sql }, answer, async () => {
      const rowCount = await this.#session.bulk({ ...target, ...requests.readBulkRows(data) });
      answer.add({ kind: "done", rowCount });
    });
  }

  async #transact({ kind, name }: TransactionRequest, answer: Answer): Promise<void> {
    await this.#faulty({ kind, sql: name }, answer, async () => {
      if (kind === "save") await this.#session.save(name);
      else await this.#session[kind]();
    });
    if (kind === "commit") this.#tellTransaction(answer, "commit");
  }

  async #execute(
    call: Call,
    { answer, plan, signal }: { answer: Answer; plan: TdsFaultPlan; signal: AbortSignal },
  ): Promise<void> {
    const events = new Interruptible(this.#session.execute(call.sql, call.parameters), signal);
    try {
      await this.#pass(events, { answer, plan, sql: call.sql });
    } finally {
      this.#settled = events.settled;
    }
  }

  /** Passes on what a statement tells, up to the row at which something is to go wrong. */
  async #pass(
    events: AsyncIterable<TdsEvent>,
    { answer, plan, sql }: { answer: Answer; plan: TdsFaultPlan; sql: string },
  ): Promise<void> {
    let rows = 0;
    for await (const event of events) {
      this.#tellTransaction(answer, endOfTransaction(sql, answer));
      if (event.kind === "row" && ++rows === plan.atRow?.row) {
        if (plan.atRow.fault === "cut") await answer.flush();
        return await this.#strike(plan.atRow.fault, answer);
      }
      answer.add(event);
      if (answer.closes) return;
      if (!plan.after) await answer.relieve();
    }
    this.#tellTransaction(answer, endOfTransaction(sql, answer));
  }

  async #faulty(request: Omit<TdsRequest, "count">, answer: Answer, work: Work): Promise<void> {
    const isOfDriver = !this.#hasSettings || request.sql === DRIVER_PROBE;
    // The first request after a login is the driver's batch of settings.
    this.#hasSettings = true;
    if (isOfDriver) return await work({});
    const count = this.#options.count(request.kind);
    const plan = this.#options.faults({ ...request, count }) ?? {};
    if (plan.before) return await this.#strike(plan.before, answer);
    if (!plan.after) return await work(plan);
    await this.#unheard(plan.after, answer, () => work(plan));
  }

  /** Runs a request whose answer, error or not, the fault takes the place of. */
  async #unheard(fault: TdsFault, answer: Answer, work: () => Promise<void>): Promise<void> {
    const known = this.#transaction;
    await work().catch(() => undefined);
    answer.discard();
    this.#transaction = known;
    await this.#strike(fault, answer);
  }

  async #strike(fault: TdsFault, answer: Answer): Promise<void> {
    if (fault === "cut") throw new Cut();
    // The victim of a deadlock has lost its transaction before it hears of it.
    if (fault.number === DEADLOCK && this.#session.inTransaction) await this.#session.rollback();
    answer.error(fault);
  }

  /** Tells the client that a transaction began or ended, which it may have done by statements of its own. */
  #tellTransaction(answer: Answer, end: "commit" | "rollback"): void {
    if (this.#session.inTransaction === (this.#transaction !== undefined)) return;
    answer.separate();
    if (this.#transaction === undefined) {
      this.#transaction = ++this.#lastTransaction;
      answer.tokens.transactionChange("begin", this.#transaction);
    } else {
      answer.tokens.transactionChange(end, this.#transaction);
      this.#transaction = undefined;
    }
  }
}

/** The session tells only that a transaction ended: without an error and with a COMMIT in the text, it was that. */
function endOfTransaction(sql: string, answer: Answer): "commit" | "rollback" {
  return !answer.failed && /\bcommit\b/i.test(sql) ? "commit" : "rollback";
}

/** What the client is told of an exception; one that the backend did not mean ends the connection. */
export function asMessage(error: unknown): TdsMessage {
  if (error instanceof TdsError) return error;
  return {
    number: 50_000,
    message: error instanceof Error ? error.message : String(error),
    severity: 20,
  };
}
