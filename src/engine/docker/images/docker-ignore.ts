/** A pattern of `.dockerignore`: https://docs.docker.com/build/concepts/context/#dockerignore-files */
interface Rule {
  readonly pattern: RegExp;
  readonly excludes: boolean;
}

/** Decides which paths of a build context are not sent to the engine. */
export class DockerIgnore {
  readonly #rules: readonly Rule[];
  /** Without exceptions, excluded folders need not be read. */
  readonly hasExceptions: boolean;

  constructor(text: string) {
    this.#rules = text
      .split(/\r?\n/)
      .filter((line) => !line.startsWith('#') && line.trim() !== '')
      .flatMap((line) => ruleOf(line.trim()) ?? []);
    this.hasExceptions = this.#rules.some(({ excludes }) => !excludes);
  }

  /** @param path relative to the context, with `/` */
  excludes(path: string): boolean {
    // A rule for a folder also covers its content. The last matching rule decides.
    const names = path.split('/');
    const paths = names.map((_, index) => names.slice(0, index + 1).join('/'));
    const last = this.#rules.findLast(({ pattern }) => paths.some((each) => pattern.test(each)));
    return last?.excludes ?? false;
  }
}

function ruleOf(line: string): Rule | undefined {
  const excludes = !line.startsWith('!');
  const written = excludes ? line : line.slice(1).trim();
  const names = written.split('/').filter((name) => name !== '' && name !== '.');
  if (names.length === 0) return undefined;
  const parts = names.map((name, index) => {
    const isLast = index === names.length - 1;
    if (name === '**') return isLast ? '.*' : '(?:.*/)?';
    return `${partOf(name)}${isLast ? '' : '/'}`;
  });
  return { pattern: new RegExp(`^${parts.join('')}$`), excludes };
}

function partOf(name: string): string {
  return name.replaceAll(/\*\*|\*|\?|\\.|[.+^${}()|\\]/g, (found) => {
    if (found === '**') return '.*';
    if (found === '*') return '[^/]*';
    if (found === '?') return '[^/]';
    return found.startsWith('\\') && found.length === 2 ? found : `\\${found}`;
  });
}
