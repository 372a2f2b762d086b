/** Environment variables. */

/** As Node gives them. */
export type Environment = Readonly<Record<string, string | undefined>>;
