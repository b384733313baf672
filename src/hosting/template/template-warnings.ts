import { formatProblem } from '../../functions/template/problems';
import type { Template } from '../../functions/template/template';

/** Shows each warning of a template once, until the template no longer has it. */
export class TemplateWarnings {
  #shown: ReadonlySet<string> = new Set();

  constructor(
    private readonly file: string,
    private readonly say: (sentence: string) => void,
  ) {}

  /** Returns the template. */
  show(template: Template): Template {
    const lines = new Set(
      template.warnings.map((warning) => `warning: ${formatProblem(this.file, warning)}`),
    );
    for (const line of lines) if (!this.#shown.has(line)) this.say(line);
    this.#shown = lines;
    return template;
  }
}
