import type { InlineCode } from '../template/wanted';
import { nodejsResponseModule, pythonResponseModule } from './response-modules';

/**
 * The files of a function whose code is text in a template, by their paths. CloudFormation adds a module with which
 * custom resources answer to code that asks for it in these words:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-lambda-function-code-cfnresponsemodule.html
 */
export function filesOf({ file, text }: InlineCode): ReadonlyMap<string, string> {
  const files = new Map([[file, text]]);
  if (file.endsWith('.py') && /^\s*import cfnresponse\b/m.test(text)) {
    files.set('cfnresponse.py', pythonResponseModule);
  }
  if (file.endsWith('.js') && /\brequire\(\s*['"]cfn-response['"]\s*\)/.test(text)) {
    files.set('node_modules/cfn-response.js', nodejsResponseModule);
  }
  return files;
}
