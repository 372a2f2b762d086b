/** What is told to GitHub Actions as well: annotations, and the summary of the step. It can fail without harm. */
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { relative, resolve, sep } from "node:path";
import type { Environment } from "../model/environment.ts";
import { renderAnnotation } from "../report/render/render-annotation.ts";
import type { Annotation } from "../report/render/render-annotation.ts";
import { visible } from "../errors/visible.ts";

const { O_WRONLY, O_CREAT, O_APPEND, O_NONBLOCK } = constants;

/** Without waiting: a pipe that nobody reads would keep the process from its end. */
const FLAGS = O_WRONLY | O_CREAT | O_APPEND | (O_NONBLOCK ?? 0);

/** Whether this is a step of GitHub Actions. */
export function isGitHub(environment: Environment): boolean {
  return environment["GITHUB_ACTIONS"] === "true";
}

/** The annotation as the line to print; its file is named as the repository knows it. */
export function annotationLine(annotation: Annotation, environment: Environment): string {
  const { place } = annotation;
  if (place === null) return renderAnnotation(annotation);
  const file = inRepository(place.file, environment["GITHUB_WORKSPACE"]);
  return renderAnnotation({ ...annotation, place: { ...place, file } });
}

/** Appends `summary`, Markdown, to the summary of the step, if there is one. Never throws: the load is what counts. */
export async function appendStepSummary(summary: string, environment: Environment): Promise<void> {
  const path = environment["GITHUB_STEP_SUMMARY"] ?? "";
  if (!isGitHub(environment) || path === "") return;
  const handle = await open(path, FLAGS).catch(() => null);
  try {
    await handle?.write(visible(summary));
  } catch {
    // A full disk, or a pipe that is: the same is on stdout.
  } finally {
    await handle?.close().catch(() => {});
  }
}

function inRepository(file: string, workspace: string | undefined): string {
  if (workspace === undefined || workspace === "") return file;
  const path = relative(workspace, resolve(file));
  return path === ".." || path.startsWith(`..${sep}`) ? file : path.replaceAll(sep, "/");
}
