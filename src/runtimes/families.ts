/** Properties that all versions of a runtime share. To add a runtime, add it to a row here and add its images. */
export interface RuntimeFamily {
  readonly name: 'python' | 'nodejs' | 'java' | 'dotnet' | 'ruby' | 'go' | 'provided';
  /** Prefix of its runtimes' identifiers. */
  readonly prefix: RegExp;
  /** Identifiers that lambdock runs, oldest first. */
  readonly hosted: readonly string[];
  /** How code and layers list their packages; absent if lambdock does not install packages for it. */
  readonly packages?: PackageManifest;
  /** The one file of a function whose code is text in a template (`ZipFile`, `InlineCode`). */
  readonly inlineFile?: string;
  /** How lambdock finds the handler of a folder if the user does not name one. */
  readonly guess?: HandlerGuess;
  /** The debugger of its runtimes. Absent if functions cannot be debugged. */
  readonly debugger?: 'debugpy' | 'inspector';
  /** Identifiers whose interpreter can wait for a debugger before it runs code; others stop at the first line. */
  readonly waitsForDebugger?: RegExp;
  /** Compilers that build its code. */
  readonly compilers?: readonly Compiler[];
  /** Files of build tools that lambdock does not run. */
  readonly foreignBuildFiles?: readonly string[];
  /** Whether a TypeScript handler must be compiled first. */
  readonly needsCompiledTypescript?: true;
  /** Whether the function contains its runtime as the program `bootstrap`. */
  readonly hasOwnBootstrap?: true;
  /** Whether the service starts the runtime with a shell script, which leaves `SHLVL` unset. */
  readonly startsInShell?: true;
}

export type Compiler = 'go' | 'cargo' | 'maven';

export interface PackageManifest {
  /** The file that lists packages, then further files that it needs. */
  readonly files: readonly [required: string, ...others: string[]];
  /** The folder below `/opt` in which the runtime looks for packages of a layer. */
  readonly layerFolder: string;
}

export interface HandlerGuess {
  /** The runtime if the user does not name one. */
  readonly runtime: string;
  readonly file: RegExp;
  /** Matches functions that a file exports. The first group is the name. */
  readonly functions: RegExp;
  /** Common names of handlers, the most common first. */
  readonly names: readonly string[];
}

export const families: readonly RuntimeFamily[] = [
  {
    name: 'python',
    prefix: /^python/,
    hosted: ['python3.9', 'python3.10', 'python3.11', 'python3.12', 'python3.13', 'python3.14'],
    packages: { files: ['requirements.txt'], layerFolder: 'python' },
    inlineFile: 'index.py',
    debugger: 'debugpy',
    guess: {
      runtime: 'python3.13',
      file: /\.py$/,
      functions: /^(?:async )?def (\w+)\(\w+, *\w+/gm,
      names: ['lambda_handler', 'handler', 'main'],
    },
  },
  {
    name: 'nodejs',
    prefix: /^nodejs/,
    hosted: ['nodejs16.x', 'nodejs18.x', 'nodejs20.x', 'nodejs22.x', 'nodejs24.x'],
    packages: { files: ['package.json', 'package-lock.json'], layerFolder: 'nodejs' },
    inlineFile: 'index.js',
    debugger: 'inspector',
    waitsForDebugger: /^nodejs(2\d|[3-9]\d)\./,
    needsCompiledTypescript: true,
    guess: {
      runtime: 'nodejs22.x',
      file: /\.(mjs|cjs|js)$/,
      functions: /(?:^export (?:const|let|async function|function) |\bexports\.)(\w+)/gm,
      names: ['handler', 'lambdaHandler', 'main'],
    },
  },
  {
    name: 'java',
    prefix: /^java/,
    hosted: ['java8.al2', 'java11', 'java17', 'java21', 'java25'],
    compilers: ['maven'],
    foreignBuildFiles: ['build.gradle', 'build.gradle.kts'],
    startsInShell: true,
  },
  { name: 'dotnet', prefix: /^dotnet/, hosted: ['dotnet6', 'dotnet8', 'dotnet10'] },
  {
    name: 'ruby',
    prefix: /^ruby/,
    hosted: ['ruby3.2', 'ruby3.3', 'ruby3.4'],
    guess: {
      runtime: 'ruby3.3',
      file: /\.rb$/,
      functions: /^def (?:self\.)?(\w+)\(event:/gm,
      names: ['lambda_handler', 'handler', 'main'],
    },
  },
  { name: 'go', prefix: /^go/, hosted: [] },
  {
    name: 'provided',
    prefix: /^provided/,
    hosted: ['provided.al2', 'provided.al2023'],
    compilers: ['go', 'cargo'],
    hasOwnBootstrap: true,
    startsInShell: true,
  },
];
