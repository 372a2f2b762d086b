/** A session for one answer, outside of a load. */
import type { Options } from "../options/options.ts";
import { findTarget } from "../targets/registry.ts";
import type { Session } from "../targets/target.ts";
import { connectOptions } from "./connect-options.ts";
import { connectFirst } from "./first-connect.ts";
import type { PlanSurroundings } from "./surroundings.ts";

/**
 * Asks the database that the options name, and closes the session. `target` is the database without secrets. Throws `TARGET_*`
 * errors, and what `ask` throws, as the session translates it.
 */
export async function withSession<T>(
  options: Options,
  { environment, onAway }: Pick<PlanSurroundings, "environment" | "onAway">,
  ask: (session: Session, target: string) => Promise<T>,
): Promise<T> {
  const url = options.to ?? "";
  const target = await findTarget(url);
  const connect = (): Promise<Session> => target.connect(connectOptions(options, environment));
  const session = await connectFirst(connect, { waitMs: options.wait, onAway });
  try {
    return await ask(session, target.describe(url));
  } catch (error) {
    throw session.translate(error);
  } finally {
    await session.close();
  }
}
