import { type Answer, answering } from '../control-plane/edge';
import { type RoutedRequest, Router } from '../control-plane/router';
import type { Fleet } from '../execution/fleet';
import type { Pool } from '../execution/pool';
import type { FunctionVersion } from '../functions/function-version';
import type { InvocationTarget } from '../functions/invocation-target';
import type { Scope } from '../functions/registry/state';
import type { ControlResult } from './contract';
import { given, givenNumber } from './query';

export interface ControlParts {
  readonly isFunction: (name: string) => boolean;
  /** The pools of a function's versions that have run, or of all functions. */
  readonly pools: (functionName?: string) => readonly Pool[];
  readonly poolOf: (version: FunctionVersion) => Pool;
  /** Finds `$LATEST` or the version of a qualifier. Waits while the version is being prepared. */
  readonly find: (name: string, qualifier: string | undefined) => Promise<FunctionVersion | undefined>;
}

/** @param find the lookup that invocations use */
export function controlOf(
  fleet: Fleet,
  isFunction: (name: string) => boolean,
  find: (target: InvocationTarget) => FunctionVersion | undefined | Promise<FunctionVersion | undefined>,
  scope: Scope,
): ControlParts {
  return {
    isFunction,
    pools: (name) => fleet.pools(name),
    poolOf: (version) => fleet.poolOf(version),
    find: async (functionName, qualifier) =>
      find({ functionName, scope, hasScope: false, ...(qualifier !== undefined && { qualifier }) }),
  };
}

/** Most environments that `warm` and `scale` accept: the account's concurrency. */
const environmentsMost = 1_000;
/** Most idle time that one request can add, in milliseconds: a week. */
const idleMost = 604_800_000;

type Action = (pools: readonly Pool[], request: RoutedRequest) => number;

const total = (pools: readonly Pool[], of: (pool: Pool) => number) =>
  pools.reduce((sum, pool) => sum + of(pool), 0);

const actions: Readonly<Record<string, Action>> = {
  retire: (pools) => total(pools, (pool) => pool.retire('retired')),
  expire: (pools) => total(pools, (pool) => pool.expire()),
  freeze: (pools) => total(pools, (pool) => pool.setFrozen(true)),
  thaw: (pools) => total(pools, (pool) => pool.setFrozen(false)),
};

/**
 * `POST /functions/NAME/retire`, `/expire`, `/freeze`, `/thaw`, `/cold?count=1`, `/warm?environments=5`,
 * `/scale?environments=5`, and `POST /idle-clock?ms=60000` with an optional `function`.
 */
export function controlRoutes(parts: ControlParts): Router {
  const router = new Router();
  for (const [name, action] of Object.entries(actions)) {
    router.post(
      `/functions/:name/${name}`,
      answering((request) => {
        const functionName = String(request.params.name);
        if (!parts.isFunction(functionName)) return notFound(functionName);
        const environments = action(parts.pools(functionName), request);
        const body: ControlResult = { environments };
        // Commands of earlier versions read `retired`.
        return { status: 200, body: name === 'retire' ? { ...body, retired: environments } : body };
      }),
    );
  }
  router.post(
    '/functions/:name/cold',
    answering(async (request) => {
      const count = givenNumber(request.query.count) ?? 1;
      if (!isCount(count, environmentsMost)) return refused('count', environmentsMost, request.query.count);
      const version = await versionOf(request, parts);
      if (version === undefined) return notFound(String(request.params.name));
      parts.poolOf(version).forceCold(count);
      const body: ControlResult = { environments: count };
      return { status: 200, body };
    }),
  );
  for (const name of ['warm', 'scale']) {
    router.post(
      `/functions/:name/${name}`,
      answering(async (request) => {
        const wanted = givenNumber(request.query.environments);
        if (!isCount(wanted, environmentsMost))
          return refused('environments', environmentsMost, request.query.environments);
        const version = await versionOf(request, parts);
        if (version === undefined) return notFound(String(request.params.name));
        if (version.debug !== undefined && wanted > 1) return tooManyDebugged(version.functionName, wanted);
        const pool = parts.poolOf(version);
        const ended = name === 'scale' ? pool.scaleIn(wanted) : 0;
        const started = await pool.warm(wanted);
        const body: ControlResult = { environments: pool.staying, started, ended };
        return { status: 200, body };
      }),
    );
  }
  router.post(
    '/idle-clock',
    answering(({ query }) => {
      const ms = givenNumber(query.ms);
      if (!isCount(ms, idleMost)) return refused('ms', idleMost, query.ms);
      const functionName = given(query.function);
      if (functionName !== undefined && !parts.isFunction(functionName)) return notFound(functionName);
      const pools = parts.pools(functionName);
      for (const pool of pools) pool.advanceIdle(ms);
      const body: ControlResult = { environments: total(pools, (pool) => pool.staying) };
      return { status: 200, body };
    }),
  );
  return router;
}

function versionOf(
  { params, query }: RoutedRequest,
  parts: ControlParts,
): Promise<FunctionVersion | undefined> {
  return parts.find(String(params.name), given(query.qualifier));
}

const isCount = (value: number | undefined, most: number): value is number =>
  value !== undefined && Number.isInteger(value) && value >= 0 && value <= most;

function refused(name: string, most: number, got: unknown): Answer {
  const message = `${name} must be a whole number between 0 and ${most}, got ${got === undefined ? 'nothing' : String(got)}.`;
  return { status: 400, body: { message } };
}

function tooManyDebugged(name: string, wanted: number): Answer {
  const message = `Function ${name} is debugged and has one environment at most, got ${wanted}. Ask for 1, or start lambdock without debugging it.`;
  return { status: 400, body: { message } };
}

function notFound(name: string): Answer {
  return { status: 404, body: { message: `Function ${name} not found.` } };
}
