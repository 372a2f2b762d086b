/** A shard: what one of several processes writes of a load, the rows whose key hashes to its number. Pure. */

/** One of `count` processes of a load, counted from 0 as schedulers do. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** The most processes that a load is shared out among. */
export const MOST_SHARDS = 10_000;

/** The name under which a shard's progress is kept: no job of the user's may be called so. */
export function shardJobName(job: string, { index, count }: Shard): string {
  return `${job}#${index}/${count}`;
}

/** Whether a name is that of a shard. */
export function isShardJobName(name: string): boolean {
  return /#\d+\/\d+$/.test(name);
}

/** The job and the shard that a name is about; `null` for any other name. */
export function shardOfName(name: string): { readonly job: string; readonly shard: Shard } | null {
  const [, job, index, count] = /^([^]*)#(\d+)\/(\d+)$/.exec(name) ?? [];
  if (job === undefined) return null;
  return { job, shard: { index: Number(index), count: Number(count) } };
}

/** As messages call it. */
export function shardLabel({ index, count }: Shard): string {
  return `shard ${index} of ${count}`;
}

/** The path of a shard's own file: `rejects.csv` becomes `rejects.shard-3-of-8.csv`. */
export function shardPath(path: string, { index, count }: Shard): string {
  const [, stem = path, ending = ""] = /^([^]*[^/\\])(\.[^./\\]+)$/.exec(path) ?? [];
  return `${stem}.shard-${index}-of-${count}${ending}`;
}

/** The path that `shardPath` was given. */
export function wholePath(path: string): string {
  return path.replace(/\.shard-\d+-of-\d+(?=\.[^./\\]+$|$)/, "");
}
