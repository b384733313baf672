import type { LoggingConfig } from '../../../aws/logging';
import { functionKinds as kinds } from '../function-kinds';
import type { Properties } from './properties';

/** Reads a `LoggingConfig`. It is the same in SAM and CloudFormation. */
export function readLogging(config: Properties | undefined): LoggingConfig | undefined {
  if (config === undefined) return undefined;
  const LogFormat = config.value('LogFormat', kinds.logFormat);
  const ApplicationLogLevel = config.value('ApplicationLogLevel', kinds.applicationLogLevel);
  const SystemLogLevel = config.value('SystemLogLevel', kinds.systemLogLevel);
  const LogGroup = config.value('LogGroup', kinds.logGroup);
  const read = {
    ...(LogFormat !== undefined && { LogFormat }),
    ...(ApplicationLogLevel !== undefined && { ApplicationLogLevel }),
    ...(SystemLogLevel !== undefined && { SystemLogLevel }),
    ...(LogGroup !== undefined && { LogGroup }),
  };
  return Object.keys(read).length > 0 ? read : undefined;
}
