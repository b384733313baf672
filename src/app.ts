import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Writable } from 'node:stream';
import { withEnvironments } from './aws/environment-credentials';
import { formatFunctionUrl } from './aws/function-url';
import { CrossAccount } from './control-plane/auth/cross-account';
import { PageSessions } from './control-plane/auth/page-sessions';
import { signingKeys } from './control-plane/auth/signing-keys';
import { deployedOperations } from './control-plane/deployed-operations';
import { FrontDoor } from './control-plane/front-door';
import { invokeAsyncOperation } from './control-plane/invoke';
import { operationRunner } from './control-plane/operations';
import { storedOperations } from './control-plane/resources';
import { serveControlPlane } from './control-plane/server';
import { Traces } from './control-plane/trace';
import { openEngine } from './engine/choose-engine';
import type { Engine } from './engine/engine';
import { Fleet } from './execution/fleet';
import { InitTimeouts } from './execution/init-timeouts';
import { Invoker } from './execution/invoker';
import { sandboxIdentity } from './execution/process/process-environment';
import { spareTotal } from './execution/spares/shared-spares';
import { StartRules } from './execution/spares/start-rules';
import { architectureCheck } from './functions/build/architecture-check';
import { CodeBuilder } from './functions/build/code-builder';
import { Layers } from './functions/build/layers';
import { ConcurrencyRegistry } from './functions/registry/concurrency';
import { FunctionRegistry } from './functions/registry/functions';
import { allowsLoops } from './functions/registry/recursion';
import { Registry } from './functions/registry/registry';
import { openState } from './functions/registry/state';
import { TemplateOwners } from './functions/registry/template-owners';
import { Store } from './functions/store/store';
import { loadTemplate } from './functions/template/template';
import { Activation } from './hosting/activation';
import { admissionBy } from './hosting/admission';
import { asyncInvocations } from './hosting/async-hosting';
import { Catalogue } from './hosting/catalogue';
import { Deployment } from './hosting/deployment';
import { followOthers } from './hosting/follow-others';
import { FollowedFolders } from './hosting/followed-folders';
import { ImageFollower } from './hosting/image-follower';
import { openLogs } from './hosting/log-hosting';
import { pruneLogs } from './hosting/log-pruning';
import { openDeliveries } from './hosting/outbound/deliveries';
import { vpcLookup } from './hosting/outbound/vpc-lookup';
import { PendingFunctions } from './hosting/pending-functions';
import { Provisioning } from './hosting/provisioning';
import { Pruning } from './hosting/pruning';
import { awsOf, s3Of } from './hosting/stand-ins';
import { TemplateFollower } from './hosting/template/template-follower';
import { TemplateHosting } from './hosting/template/template-hosting';
import { TemplateResources } from './hosting/template/template-resources';
import { TemplateWarnings } from './hosting/template/template-warnings';
import { VisibleProgress } from './hosting/visible-progress';
import { Recorder, recorderLimits } from './laboratory/recorder';
import { Cleanup } from './lib/cleanup';
import { type Clock, every, systemClock, within } from './lib/clock';
import { DatabaseError } from './lib/database';
import { makeWritableFolder } from './lib/files';
import { addressOf, answerUnready, closeServer, listen } from './lib/http-server';
import { InstanceLock } from './lib/instance-lock';
import type { ReportProgress } from './lib/progress';
import { withCauses } from './lib/system-problem';
import { controlOf } from './operator-api/control';
import { openLaboratory } from './operator-api/open-laboratory';
import { queueOf } from './operator-api/queue';
import { operatorRoutes } from './operator-api/routes';
import { AwsProxy } from './runtime-api/aws-proxy';
import { RuntimeApi } from './runtime-api/runtime-api';
import type { Settings } from './settings';
import { version } from './settings/version';
import { Journal } from './telemetry/journal';
import { Console } from './telemetry/log-console';
import { Notices } from './telemetry/notices';

/** A running lambdock. */
export interface App extends AsyncDisposable {
  /** Address of the Lambda API, e.g. `http://127.0.0.1:9000`. */
  readonly address: string;
  /** Resolves when every function is ready or has failed. */
  readonly settled: Promise<void>;
  /** Waits a limited time for running invocations, then removes all sandboxes. */
  close(): Promise<void>;
}

/** Parts that a test may replace. */
export interface AppParts {
  readonly openEngine: (
    settings: Settings,
    /** Id of this run of lambdock. */
    boot: string,
    warn: (sentence: string) => void,
    report: ReportProgress,
    clock: Clock,
  ) => Promise<Engine>;
  readonly clock: Clock;
}

const realParts: AppParts = { openEngine, clock: systemClock };

/** Interval of reading another lambdock's deployments on the same data folder, in the absence of requests. */
const followEveryMs = 1_000;

/** Limit for an engine that does not respond. Compose kills lambdock after 30 s. */
const closeLimitMs = 25_000;

/** Time that running invocations have to end while lambdock shuts down. */
const drainMs = 10_000;

/**
 * Starts lambdock: reads the template, binds the port, finds the engine, removes leftovers of an earlier run, and
 * starts to prepare the functions. Log lines and progress go to `output`.
 * Throws `TemplateError`, `EngineError`, or the error of the `listen` system call, after it has cleaned up.
 */
export async function startApp(settings: Settings, output: Writable, parts = realParts): Promise<App> {
  const { clock } = parts;
  const { region, accountId, idleTimeoutMs, freeze, spares, dataFolder } = settings;
  const cleanup = new Cleanup();
  const journal = new Journal();
  const printed = new Console(output, settings.color, clock);
  const notices = new Notices(
    journal,
    (name, text) => printed.print(name, text),
    () => clock.now(),
  );
  const { say } = notices;
  let isEnding = false;
  const fail = (error: Error) => {
    // During shutdown, a running request may find the database closed.
    if (!(isEnding && error instanceof DatabaseError)) say(withCauses(error));
  };
  try {
    const load = () => loadTemplate(settings.templateFile, settings);
    const warnings = new TemplateWarnings(settings.templateFile, say);
    const template = load();
    makeWritableFolder(dataFolder);
    warnings.show(template);
    const server = createServer({ connectionsCheckingInterval: 5_000 }).on('request', answerUnready);
    await listen(server, settings);
    cleanup.add(() => closeServer(server));

    const progress = printed.progress();
    const lock = InstanceLock.declare(path.join(dataFolder, 'boots'));
    cleanup.add(async () => lock.end());
    const report: ReportProgress = (step) => progress('lambdock', step);
    const engine = await parts.openEngine(settings, lock.id, say, report, clock);
    cleanup.add(() => engine.close());
    const { architecture, name: engineName, ownNames, slots, memoryMiB } = await engine.describe();
    const swept = await engine.sweep(() => lock.others());
    if (swept > 0) say(`removed what an earlier run left behind: ${swept} sandboxes`);

    const { files, archive } = openLogs(settings, journal, clock, fail);
    cleanup.add(() => files.close());
    journal.follow(printed.sink((functionName) => files.pathOf(functionName)));

    const store = await Store.open(dataFolder, { alone: lock.others().size === 0 });
    const database = openState(dataFolder);
    cleanup.add(async () => database.close());
    cleanup.add(async () => {
      isEnding = true;
      server.removeAllListeners('request').on('request', answerUnready);
    });
    const registry = new Registry(database, store, () => clock.now());
    const recorder = new Recorder(clock, recorderLimits(settings.history));
    const deliveries = openDeliveries({ settings, archive, journal, registry, recorder, clock, say, fail });
    cleanup.add(() => deliveries.close());
    const registered = new FunctionRegistry(registry);
    const concurrency = new ConcurrencyRegistry(registry);

    const keys = signingKeys(settings, say);
    const standIn = settings.awsEndpoint === undefined ? undefined : new AwsProxy(settings.awsEndpoint);
    if (standIn) cleanup.add(async () => standIn.close());
    const fromFunctions = new WeakSet<IncomingMessage>();
    const runtimeApi = new RuntimeApi((request, response) => {
      fromFunctions.add(request);
      server.emit('request', request, response);
    }, standIn);
    const starts = new StartRules(say);
    const environments = {
      engine,
      clock,
      journal,
      openLink: runtimeApi.openLink,
      identity: sandboxIdentity(settings, standIn !== undefined, keys && ((account) => keys.get(account))),
      idleTimeoutMs,
      freeze,
      resetInit: settings.resetInit,
      initTimeouts: new InitTimeouts(say),
      observer: recorder,
      starts,
      fail,
    };
    const fleet = new Fleet(environments, {
      spares: {
        total: spareTotal(spares.total, memoryMiB),
        minimum: new Map(Object.entries(spares.minimum)),
      },
      reuse: settings.reuse,
      slots,
      architecture,
      isStrict: settings.architecture === 'strict',
      debugHost: settings.debugHost,
      say,
      report: progress,
    });
    cleanup.add(() => fleet.close());
    const invoker = new Invoker(fleet, admissionBy(concurrency), recorder, allowsLoops(registry));
    cleanup.add(() => invoker.idleWithin(drainMs, clock));

    const scope = { region, accountId };
    const layers = new Layers(store, (build, report) => engine.buildLayer(build, report));
    const builder = new CodeBuilder({
      store,
      layers,
      folder: path.join(dataFolder, 'builds'),
      buildImage: (build, report) => engine.buildImage(build, report),
      ...(settings.caFile !== undefined && { caFile: settings.caFile }),
    });
    const checkArchitecture = architectureCheck(architecture, settings.architecture === 'strict', say);
    const imageId = (reference: string) => engine.imageId(reference);
    const catalogue = new Catalogue({
      imageId,
      say,
      registry,
      functions: registered,
      layers,
      builder,
      hosts: new TemplateOwners(database, lock.id, () => lock.others()),
      scope,
      architecture,
      checkArchitecture,
      report: progress,
    });
    cleanup.add(async () => catalogue.close());
    const pending = settings.pending === 'wait' ? new PendingFunctions(registry, clock) : undefined;
    const deployment = new Deployment(catalogue, fleet, scope, notices, () => clock.now(), pending);
    const visible = new VisibleProgress(clock);
    cleanup.add(async () => visible.close());
    const activation = new Activation({
      registry,
      functions: registered,
      checkArchitecture,
      pullImage: (reference, name) => deployment.pullImage(reference, name),
      prepare: (version) => deployment.prepare(version),
      progress: visible,
      fail,
    });
    cleanup.add(async () => activation.close());
    const find = deployment.find.bind(deployment);
    const nowMs = () => clock.now();
    const aws = awsOf(settings, nowMs);
    const events = asyncInvocations({
      registry,
      boot: lock.id,
      invoker,
      clock,
      find,
      retrySpeed: settings.retrySpeed,
      ...(aws && { aws }),
      say,
      fail,
    });
    cleanup.add(async () => events.close());
    if (settings.watch) {
      const followed = new FollowedFolders({ registry, functions: registered, clock, say, fail });
      cleanup.add(async () => followed.close());
    }
    const invoke = {
      invoker,
      events,
      region,
      accountId,
      nowMs,
      traces: new Traces(nowMs),
      accounts: new CrossAccount(registry),
      isFromFunction: (request: IncomingMessage) => fromFunctions.has(request),
      find,
      fail,
    };
    const provisioning = new Provisioning(registry, concurrency, fleet);
    const s3 = s3Of(settings, nowMs);
    const operations = {
      ...deployedOperations({
        registry,
        functions: registered,
        concurrency,
        provisioning,
        progress: visible,
        sources: { store, layers, imageId, say, ...(s3 && { s3 }), ...(aws && { findVpc: vpcLookup(aws) }) },
        // The host that the client used: a published port or a container network may have no other address.
        addressFor: ({ host }) => (host === undefined ? addressOf(server) : `http://${host}`),
      }),
      ...storedOperations({
        registry,
        progress: visible,
        urlOf: (id, urlRegion) => {
          const { port } = server.address() as AddressInfo;
          return formatFunctionUrl(id, urlRegion, port);
        },
      }),
      ...invokeAsyncOperation(invoke),
    };
    const run = operationRunner(operations, scope);
    const resources = new TemplateResources(run, scope, say, (listener) => registry.onChange(listener));
    const hosting = new TemplateHosting(deployment, resources, starts);
    const follow = settings.watch
      ? new TemplateFollower({
          load: () => warnings.show(load()),
          hosting,
          clock,
          dataFolder: path.resolve(dataFolder),
          notices,
          settings: settings.templateSettings,
          fail,
        })
      : undefined;
    const images = new ImageFollower({
      engine,
      registry,
      functions: registered,
      clock,
      ...(follow && { redeploy: () => follow.reload() }),
      say,
      fail,
    });
    cleanup.add(async () => images.close());
    const queue = queueOf(events);
    const list = () => ({ functions: deployment.functions(), notices: notices.current() });
    const laboratory = openLaboratory({ recorder, functions: list, queue, journal, clock, registry });
    cleanup.add(async () => laboratory.deployments.close());
    const token = randomBytes(16).toString('hex');
    const sessions = new PageSessions(token, nowMs);
    const operator = {
      token,
      ...(keys && { sessions }),
      health: () => ({
        version,
        instance: settings.instance,
        engine: engineName,
        functions: catalogue.list().length,
      }),
      functions: () => deployment.functions(),
      notices: (functionName?: string) => notices.current(functionName),
      environments: () => fleet.summaries(),
      control: controlOf(fleet, (name) => catalogue.entry(name) !== undefined, find, scope),
      ...(follow && { reload: () => follow.reload() }),
      queue,
      laboratory,
      journal,
      zipFile: (hash: string) => store.zipFile(hash),
    };
    const catchUp = (thoroughly?: boolean) => followOthers(registry, fail, thoroughly);
    const door = new FrontDoor({ ...settings, ownNames, token });
    const edge = {
      registry,
      ...invoke,
      logs: { archive, journal, clock },
      follow: catchUp,
      door,
      isSandboxAddress: (address: string) => engine.isSandboxAddress(address),
    };
    server.off('request', answerUnready);
    const believed = keys && withEnvironments(keys);
    serveControlPlane(server, edge, operatorRoutes(operator), operations, sessions, believed);
    const catchingUp = every(clock, followEveryMs, () => catchUp(true));
    cleanup.add(async () => catchingUp.clear());
    const pruningLogs = pruneLogs(files, registry, clock, fail);
    cleanup.add(async () => pruningLogs.clear());
    catalogue.expect(template.functions);
    const settled = follow?.begin(template) ?? hosting.apply(template.functions);
    settled.catch(fail);
    if (follow) cleanup.add(() => follow.close());
    events.begin(lock.others());
    const pruning = new Pruning({ registry, clock, folders: () => fleet.folders(), fail });
    cleanup.add(() => pruning.close());
    // By then, the functions of the template are deployed.
    const begin = () => {
      pruning.begin();
      // Images may have been pulled or built while lambdock was not running.
      images.look();
    };
    void settled.then(begin, begin);
    const close = () =>
      within(closeLimitMs, clock, cleanup.run(), () =>
        say(`shutdown took longer than ${closeLimitMs / 1_000} s. The next start removes what is left.`),
      );
    return { address: addressOf(server), settled, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}
