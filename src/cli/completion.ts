import type { Command, Option } from 'commander';
import { connectionSettings } from './client/connection';
import { Emulator } from './client/emulator';
import { Problem } from './problem';
import { projectTemplates } from './project/templates';

/** A shell waits for its completions. */
const answerLimitMs = 500;

/** Commands whose argument is the name of a function. */
const namesFunction = new Set([
  ...['invoke', 'logs', 'config', 'retire', 'wait', 'run'],
  ...['cold', 'expire', 'freeze', 'thaw', 'warm', 'scale', 'trace', 'tune', 'profile'],
]);

const scripts: Readonly<Record<string, string>> = {
  // Bash's own words end at each colon, also within an address.
  bash: `_lambdock() {
  local line="\${COMP_LINE:0:COMP_POINT}" words
  read -ra words <<< "$line"
  [[ "$line" == *[[:space:]] ]] && words+=("")
  local IFS=$'\\n'
  COMPREPLY=($(lambdock __complete "\${words[@]:1}" 2>/dev/null))
  [ "\${#COMPREPLY[@]}" -gt 0 ] || COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _lambdock lambdock
`,
  zsh: `#compdef lambdock
_lambdock() {
  local -a found
  found=("\${(@f)$(lambdock __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "$found" ]]; then compadd -a found; else _files; fi
}
compdef _lambdock lambdock
`,
  fish: `complete -c lambdock -a '(lambdock __complete (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
`,
};

export function completionScript(shell: string): string {
  const script = scripts[shell];
  if (script === undefined) {
    throw new Problem(`The shell must be one of ${Object.keys(scripts).join(', ')}, got ${shell}.`);
  }
  return script;
}

/**
 * Completions of the last word, which may be empty.
 * @param words of the command line, without the name of the program
 */
export async function completions(program: Command, words: readonly string[]): Promise<readonly string[]> {
  const last = words.at(-1) ?? '';
  const candidates = await candidatesFor(program, words);
  return candidates.filter((each) => each.startsWith(last));
}

async function candidatesFor(program: Command, words: readonly string[]): Promise<readonly string[]> {
  const names = program.commands.map((each) => each.name());
  if (words.length <= 1) return [...names, ...optionNames(program)];
  const command = program.commands.find((each) => each.name() === words[0]);
  if (command === undefined) return [];
  if (command.commands.length > 0) return candidatesFor(command, words.slice(1));
  const last = words.at(-1) ?? '';
  const before = command.options.find((option) => isNamed(option, words.at(-2) ?? ''));
  if (before?.required) return before.argChoices ?? [];
  if (last.startsWith('-')) return optionNames(command);
  if (command.name() === 'help') return names;
  if (command.name() === 'init') return words.length === 2 ? Object.keys(projectTemplates) : [];
  if (command.name() === 'completion') return Object.keys(scripts);
  return namesFunction.has(command.name()) ? functionNames(command, words) : [];
}

const isNamed = ({ long, short }: Option, word: string) => word !== '' && (word === long || word === short);

const optionNames = (command: Command) => command.options.flatMap(({ long }) => long ?? []).concat('--help');

async function functionNames(command: Command, words: readonly string[]): Promise<readonly string[]> {
  // Only options that locate lambdock matter.
  const flags = Object.fromEntries(
    command.options.flatMap((option) => {
      const at = words.findIndex((word) => isNamed(option, word));
      return at >= 0 && option.required ? [[option.attributeName(), words[at + 1]]] : [];
    }),
  );
  try {
    const settings = await connectionSettings(flags);
    const { functions } = await new Emulator(settings, answerLimitMs).functions();
    return functions.map(({ name }) => name);
  } catch {
    // Completion never fails: without a running lambdock it offers no names.
    return [];
  }
}
