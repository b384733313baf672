import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TemplateError } from '../../../../src/functions/template/problems';
import type { SamContext } from '../../../../src/functions/template/sam/context';
import { parseTemplate, type Template } from '../../../../src/functions/template/template';
import type { WantedFunction } from '../../../../src/functions/template/wanted';
import { TemporaryFolder } from '../../../support/lib/temporary-folder';

const context: SamContext = { region: 'eu-west-1', accountId: '123456789012', parameters: {} };

/** A folder with the files that templates of these tests name: `hello/`, `code.zip`, `libs/`, `notes.txt`. */
export class SamFolder implements AsyncDisposable {
  #folder: TemporaryFolder | undefined;

  static async make(): Promise<SamFolder> {
    const folder = new SamFolder();
    await folder.open();
    return folder;
  }

  async open(): Promise<void> {
    this.#folder = await TemporaryFolder.make();
    await this.write('hello/app.py', '');
    await this.write('libs/requirements.txt', '');
    await this.write('code.zip', 'PK');
    await this.write('notes.txt', '');
  }

  get path(): string {
    if (this.#folder === undefined) throw new Error('The folder of these tests has not been opened yet.');
    return this.#folder.path;
  }

  get file(): string {
    return join(this.path, 'template.yaml');
  }

  async write(path: string, text: string): Promise<void> {
    const file = join(this.path, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  template(
    text: string,
    parameters: Readonly<Record<string, string>> = {},
    layers: Readonly<Record<string, string>> = {},
  ): Template {
    return parseTemplate(text, this.file, { ...context, parameters, layers });
  }

  /** A template at another path of the folder. */
  templateAt(path: string, text: string): Template {
    return parseTemplate(text, join(this.path, path), context);
  }

  /** The one function of a text. */
  only(text: string, parameters?: Readonly<Record<string, string>>): WantedFunction {
    const { functions } = this.template(text, parameters);
    const [first] = functions;
    if (first === undefined || functions.length > 1) throw new Error(`it has ${functions.length} functions`);
    return first;
  }

  /** Each as `LINE:COLUMN: message`, with its file where that is a nested one; `FOLDER` stands for the folder. */
  problems(text: string, parameters?: Readonly<Record<string, string>>): readonly string[] {
    try {
      this.template(text, parameters);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      return error.problems.map(({ file, line, column, message }) => {
        const nested = file === undefined || file === this.file ? '' : `${file}:`;
        const place = line === undefined ? '' : `${line}:${column}: `;
        return `${nested}${place}${message}`.replaceAll(this.path, 'FOLDER');
      });
    }
    return [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#folder?.[Symbol.asyncDispose]();
  }
}

/** The folder of all tests of a file, from the first to the last. */
export function sharedSamFolder(): SamFolder {
  const folder = new SamFolder();
  beforeAll(() => folder.open());
  afterAll(() => folder[Symbol.asyncDispose]());
  return folder;
}

/** A template with one function `Hello`, which has these properties beside runtime, handler and code. */
export function hello(properties: string, sections = ''): string {
  const indented = properties.replaceAll('\n', '\n      ');
  return `Transform: AWS::Serverless-2016-10-31
${sections}
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: app.handler
      CodeUri: hello/
      ${indented}
`;
}
