import { limits } from '../aws/limits';
import type { ProcessSpec, Sandbox } from '../engine/engine';
import type { Event, ShutdownReason } from './lifecycle/lifecycle-types';
import { extensionLaunchFault, type Fault, tooManyExtensionsFault } from './lifecycle/outcome';
import { extensionProcess } from './process/process-environment';
import type { RuntimeLink } from './runtime-link';

/** Prefix of an extension's process name. */
const prefix = 'extension/';

/** The external extensions of one environment, as processes of its sandbox. */
export class ExtensionProcesses {
  constructor(
    private readonly link: RuntimeLink,
    private readonly sandbox: () => Sandbox | undefined,
    /** The runtime's process specification; extensions get most of its variables. */
    private readonly runtime: () => ProcessSpec,
  ) {}

  /**
   * Lists `/opt/extensions`. Resolves to the event for the environment's state table. Files without an execute bit
   * count too: starting them fails with EACCES, which fails the init phase, as on Lambda.
   */
  async find(): Promise<Event> {
    const names = ((await this.sandbox()?.extensions()) ?? []).map(({ name }) => name);
    if (names.length > limits.extensions)
      return { type: 'startFailed', fault: tooManyExtensionsFault(limits.extensions) };
    this.link.expectExtensions(names);
    return { type: 'extensionsFound', participants: names.map((name) => prefix + name) };
  }

  start(participants: readonly string[]): void {
    const runtime = this.runtime();
    for (const participant of participants)
      this.sandbox()?.start(extensionProcess(participant, nameOf(participant), runtime));
  }

  /** Sends SHUTDOWN to extensions that subscribed to it and kills the others. */
  shutDown(reason: ShutdownReason, deadlineMs: number): void {
    for (const name of this.link.shutDownExtensions(reason, deadlineMs))
      this.sandbox()?.signal(prefix + name, 'SIGKILL');
  }

  /** @param code name of the errno */
  launchFault(participant: string, code: string): Fault {
    return extensionLaunchFault(nameOf(participant), code);
  }
}

const nameOf = (participant: string) => participant.slice(prefix.length);
