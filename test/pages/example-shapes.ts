/** What the products of the examples know: of their fields those that the examples use, as their references have them. */
import type { Shape } from "../helpers/examples.ts";

const oneOf = (...words: readonly string[]): Shape => new Set(words);

const ENV: Shape = [
  { name: "string", valueFrom: { secretKeyRef: { name: "string", key: "string" } } },
];

const CONTAINER: Shape = {
  name: "string",
  image: "string",
  args: ["string"],
  env: ENV,
  resources: { requests: "texts", limits: "texts" },
  securityContext: { allowPrivilegeEscalation: "boolean", readOnlyRootFilesystem: "boolean" },
  volumeMounts: [{ name: "string", mountPath: "string", readOnly: "boolean" }],
};

const JOB_SPEC: Shape = {
  backoffLimit: "number",
  activeDeadlineSeconds: "number",
  ttlSecondsAfterFinished: "number",
  podFailurePolicy: {
    rules: [
      {
        action: oneOf("Ignore", "FailJob", "Count", "FailIndex"),
        onPodConditions: [{ type: "string" }],
        onExitCodes: {
          containerName: "string",
          operator: oneOf("In", "NotIn"),
          values: ["number"],
        },
      },
    ],
  },
  template: {
    spec: {
      restartPolicy: oneOf("Never", "OnFailure"),
      terminationGracePeriodSeconds: "number",
      securityContext: { runAsNonRoot: "boolean", runAsUser: "number", fsGroup: "number" },
      containers: [CONTAINER],
      volumes: [{ name: "string", persistentVolumeClaim: { claimName: "string" } }],
    },
  },
};

/** A Job of Kubernetes, `batch/v1`. */
export const JOB: Shape = {
  apiVersion: oneOf("batch/v1"),
  kind: oneOf("Job"),
  metadata: { name: "string" },
  spec: JOB_SPEC,
};

/** A CronJob of Kubernetes, `batch/v1`. */
export const CRON_JOB: Shape = {
  apiVersion: oneOf("batch/v1"),
  kind: oneOf("CronJob"),
  metadata: { name: "string" },
  spec: {
    schedule: "string",
    timeZone: "string",
    concurrencyPolicy: oneOf("Allow", "Forbid", "Replace"),
    startingDeadlineSeconds: "number",
    jobTemplate: { spec: JOB_SPEC },
  },
};

/** A workflow of GitHub. */
export const GITHUB: Shape = {
  name: "string",
  on: { pull_request: { paths: ["string"] } },
  permissions: { contents: oneOf("read", "write", "none") },
  jobs: {
    seeds: {
      "runs-on": "string",
      "timeout-minutes": "number",
      services: { db: { image: "string", env: "texts", ports: ["string"], options: "string" } },
      env: "texts",
      steps: [{ name: "string", uses: "string", run: "string", if: "string", with: "texts" }],
    },
  },
};

/** A pipeline of GitLab. */
export const GITLAB: Shape = {
  drift: {
    image: "string",
    rules: [{ if: "string" }],
    before_script: ["string"],
    script: ["string"],
    allow_failure: { exit_codes: ["number"] },
    retry: { max: "number", exit_codes: ["number"] },
    artifacts: {
      when: oneOf("always", "on_success", "on_failure"),
      paths: ["string"],
      reports: { junit: "string" },
    },
  },
};

/** A file of compose. */
export const COMPOSE: Shape = {
  services: {
    db: {
      image: "string",
      environment: "texts",
      volumes: ["string"],
      healthcheck: { test: ["string"], interval: "string", timeout: "string", retries: "number" },
    },
    seeds: {
      build: "string",
      command: ["string"],
      environment: "texts",
      volumes: ["string"],
      depends_on: {
        db: {
          condition: oneOf("service_started", "service_healthy", "service_completed_successfully"),
        },
      },
    },
  },
};

interface JobSpec {
  readonly podFailurePolicy: {
    readonly rules: readonly {
      readonly action: string;
      readonly onPodConditions?: readonly object[];
      readonly onExitCodes?: { readonly containerName: string; readonly values: readonly number[] };
    }[];
  };
  readonly template: {
    readonly spec: {
      readonly restartPolicy: string;
      readonly containers: readonly {
        readonly name: string;
        readonly args: readonly string[];
        readonly volumeMounts: readonly { readonly name: string }[];
      }[];
      readonly volumes: readonly { readonly name: string }[];
    };
  };
}

/** The parts of a Job that tests look at. */
export interface Job {
  readonly spec: JobSpec;
}

/** Those of a CronJob. */
export interface CronJob {
  readonly spec: { readonly jobTemplate: { readonly spec: JobSpec } };
}

/** Those of a workflow. */
export interface Github {
  readonly jobs: {
    readonly seeds: {
      readonly services: { readonly db: { readonly env: Readonly<Record<string, string>> } };
      readonly env: { readonly DATABASE_URL: string };
      readonly steps: readonly {
        readonly run?: string;
        readonly uses?: string;
        readonly with?: Readonly<Record<string, string>>;
      }[];
    };
  };
}

/** Those of a pipeline. */
export interface Gitlab {
  readonly drift: {
    readonly before_script: readonly string[];
    readonly script: readonly string[];
    readonly allow_failure: { readonly exit_codes: readonly number[] };
    readonly retry: { readonly max: number; readonly exit_codes: readonly number[] };
    readonly artifacts: {
      readonly paths: readonly string[];
      readonly reports: { readonly junit: string };
    };
  };
}

/** Those of a file of compose. */
export interface Compose {
  readonly services: {
    readonly db: {
      readonly environment: { readonly POSTGRES_PASSWORD: string; readonly POSTGRES_DB: string };
    };
    readonly seeds: {
      readonly command: readonly string[];
      readonly environment: { readonly DATABASE_URL: string };
      readonly volumes: readonly string[];
      readonly depends_on: { readonly db: { readonly condition: string } };
    };
  };
}
