import { newEnvironmentCredentials } from '../../aws/environment-credentials';
import type { Credentials } from '../../aws/signing';
import type { ProcessSpec, StartStep } from '../../engine/engine';
import type { FunctionVersion } from '../../functions/function-version';
import { debugVariables } from '../debug/debug-variables';
import type { EnvironmentParts } from '../environment-parts';
import { type Fault, relativeFolderFault, startFault } from '../lifecycle/outcome';
import type { LogRecorder } from '../log-recorder';
import type { AssignedSandbox } from '../spares/spare';
import { imageProcess, type ReportedInitialization, runtimeProcess } from './process-environment';

/** Starts the runtime's process of one environment and explains why it cannot be started. */
export class RuntimeLaunch {
  #credentials: Required<Credentials> | undefined;

  constructor(
    private readonly version: FunctionVersion,
    private readonly identity: EnvironmentParts['identity'],
    private readonly log: LogRecorder,
    private readonly initializationType: ReportedInitialization,
    private readonly taken: () => AssignedSandbox | undefined,
  ) {}

  process(): ProcessSpec {
    const image = this.#image();
    const [, , , region = '', accountId = ''] = this.version.functionArn.split(':');
    const identity = { ...this.identity, region, accountId };
    this.#credentials ??= newEnvironmentCredentials(accountId, identity.secretOf?.(accountId));
    const { version, initializationType } = this;
    const { logStream } = this.log;
    return runtimeProcess(version, image, identity, logStream, initializationType, this.#credentials);
  }

  /** Returns the fault if the process cannot be started; faults that the sandbox finds later go to `fault`. */
  start(): Fault | undefined {
    const process = this.process();
    if (!process.workingDirectory.startsWith('/'))
      return this.#logged(relativeFolderFault(process.workingDirectory));
    const environment = { ...process.environment, ...debugVariables(this.version, process.environment) };
    this.taken()?.sandbox.start({ ...process, environment });
    return undefined;
  }

  /** @param code the errno's name */
  fault(step: StartStep, code: string): Fault {
    const { workingDirectory, command } = this.process();
    return this.#logged(startFault(step, step === 'working-directory' ? workingDirectory : command[0], code));
  }

  #logged(fault: Fault): Fault {
    const { message = '' } = fault;
    if (this.version.package.kind === 'image')
      this.log.launchFailed({ message, ...imageProcess(this.version, this.#image()) });
    return fault;
  }

  #image() {
    const image = this.taken()?.kind.image;
    if (image === undefined)
      throw new Error(`An environment of ${this.version.functionName} has no image yet`);
    return image;
  }
}
