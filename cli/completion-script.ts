import type { Command, Option } from "commander";

export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

/** One command: the words that lead to it, and what may follow. */
interface Place {
  readonly path: string;
  readonly description: string;
  readonly commands: readonly Command[];
  readonly options: readonly Option[];
}

/** A completion script for a shell, of every command, option and choice of the command line. */
export function completionScript(shell: Shell, program: Command): string {
  const places = placesOf(program, "", program.options);
  switch (shell) {
    case "bash":
      return bash(program.name(), places);
    case "zsh":
      return `#compdef ${program.name()}\nautoload -U +X bashcompinit && bashcompinit\n${bash(program.name(), places)}`;
    case "fish":
      return fish(program.name(), places);
  }
}

function placesOf(command: Command, path: string, shared: readonly Option[]): Place[] {
  const own = path === "" ? shared : [...command.options, ...shared];
  const place = { path, description: command.description(), commands: command.commands, options: own };
  return [place, ...command.commands.flatMap((child) => placesOf(child, `${path} ${child.name()}`.trim(), shared))];
}

function bash(name: string, places: readonly Place[]): string {
  const choices = new Map(
    places.flatMap(({ options }) => options.flatMap((o) => (o.argChoices ? [[o.long, o.argChoices]] : []))),
  );
  const lines = [
    `_${name}() {`,
    `  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path="" word words=""`,
    `  case "$previous" in`,
    ...[...choices].map(
      ([long, words]) => `    ${long}) COMPREPLY=($(compgen -W "${words!.join(" ")}" -- "$current")); return ;;`,
    ),
    `  esac`,
    `  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do`,
    `    case "$path $word" in`,
    ...places.filter(({ path }) => path !== "").map(({ path }) => `      "${spaced(path)}") path="${path}" ;;`),
    `    esac`,
    `  done`,
    `  case "$path" in`,
    ...places.map(({ path, commands, options }) => `    "${path}") words="${wordsOf(commands, options).join(" ")}" ;;`),
    `  esac`,
    `  if [[ "$current" == -* || "$words" != -* ]]; then COMPREPLY=($(compgen -W "$words" -- "$current")); fi`,
    `}`,
    `complete -o default -F _${name} ${name}`,
  ];
  return `${lines.join("\n")}\n`;
}

/** The path as the loop builds it: the words before, a space, the word. */
function spaced(path: string): string {
  return path.includes(" ") ? path : ` ${path}`;
}

function wordsOf(commands: readonly Command[], options: readonly Option[]): string[] {
  return [...commands.map((command) => command.name()), ...options.flatMap((option) => option.long ?? [])];
}

function fish(name: string, places: readonly Place[]): string {
  const lines = places.flatMap(({ path, commands, options }) => [
    ...commands.map(
      (c) => `complete -c ${name} -f -n '${fishTest(path, commands)}' -a ${c.name()} -d ${quoted(c.description())}`,
    ),
    ...(path === "" ? [] : options).map((option) => {
      const short = option.short ? ` -s ${option.short.slice(1)}` : "";
      const values = option.argChoices ? ` -x -a '${option.argChoices.join(" ")}'` : option.required ? " -r" : "";
      return `complete -c ${name} -n '${fishSeen(path)}' -l ${option.long!.slice(2)}${short}${values} -d ${quoted(option.description)}`;
    }),
  ]);
  return `${lines.join("\n")}\n`;
}

function fishTest(path: string, commands: readonly Command[]): string {
  if (path === "") return "__fish_use_subcommand";
  return `${fishSeen(path)}; and not __fish_seen_subcommand_from ${commands.map((command) => command.name()).join(" ")}`;
}

function fishSeen(path: string): string {
  return path
    .split(" ")
    .map((word) => `__fish_seen_subcommand_from ${word}`)
    .join("; and ");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "\\'")}'`;
}
