/**
 * The scripts that make a shell complete words: each passes on what is typed and shows what it is answered. What is known of
 * commands and options is in the program, so that a script does not grow old. Pure.
 */
import type { Shell } from "./shell-words.ts";

/** A text as it is written, but that a variable in braces has a backslash before it here. */
function script({ raw }: TemplateStringsArray): string {
  return raw.join("").replaceAll("\\${", "${");
}

/** How the script of a shell is installed, which is what it begins with. */
const BASH = script`# Completion of upsurge for bash. For all sessions:
#   mkdir -p ~/.local/share/bash-completion/completions
#   upsurge completion bash > ~/.local/share/bash-completion/completions/upsurge
# or, without the package bash-completion, in ~/.bashrc:
#   source <(upsurge completion bash)
_upsurge() {
  local line="\${COMP_LINE:0:COMP_POINT}" program="$1" first="" word words=()
  type -P "$program" > /dev/null || program=upsurge
  {
    read -r first
    while IFS= read -r word; do words+=("$word"); done
  } < <("$program" __complete bash "$line" "$2" 2> /dev/null < /dev/null)
  COMPREPLY=("\${words[@]}")
  if [[ $first != *files* ]]; then
    compopt +o default 2> /dev/null
  elif (( \${#words[@]} > 0 )); then
    # Without words, bash completes files by itself.
    while IFS= read -r word; do
      COMPREPLY+=("$word")
      compopt -o filenames 2> /dev/null
    done < <(compgen -f -- "$2")
  fi
  if [[ $first == *nospace* ]]; then compopt -o nospace 2> /dev/null; fi
}
complete -o default -F _upsurge upsurge
`;

const ZSH = script`#compdef upsurge
# Completion of upsurge for zsh. For all sessions, in a folder of fpath, before compinit runs:
#   upsurge completion zsh > ~/.zfunc/_upsurge
# with this in ~/.zshrc:
#   fpath=(~/.zfunc $fpath); autoload -Uz compinit; compinit
# or, behind compinit:
#   source <(upsurge completion zsh)
_upsurge() {
  local program=\${words[1]} first line tab=$'\t' ret=1
  local -a lines values shown opts
  (( $+commands[$program] )) || [[ -x $program ]] || program=upsurge
  lines=("\${(@f)$("$program" __complete zsh "\${(@)words[1,CURRENT-1]}" "$QIPREFIX$IPREFIX$PREFIX" 2> /dev/null < /dev/null)}")
  first=\${lines[1]}
  for line in "\${(@)lines[2,-1]}"; do
    [[ -n $line ]] || continue
    values+=("\${line%%$tab*}")
    if [[ $line == *$tab* ]]; then
      shown+=("\${line%%$tab*}  -- \${line#*$tab}")
    else
      shown+=("$line")
    fi
  done
  [[ $first == *nospace* ]] && opts=(-S '')
  if (( $#values )); then
    compadd -l -d shown "\${opts[@]}" -a values && ret=0
  fi
  if [[ $first == *files* ]]; then
    if [[ $PREFIX == --*=* ]]; then compset -P '*='; fi
    _files && ret=0
  fi
  return ret
}
if [[ $funcstack[1] == _upsurge ]]; then
  _upsurge "$@"
else
  compdef _upsurge upsurge
fi
`;

const FISH = script`# Completion of upsurge for fish. For all sessions:
#   upsurge completion fish > ~/.config/fish/completions/upsurge.fish
function __upsurge_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    type -q $program; or set program upsurge
    set -l lines (command $program __complete fish $words "$current" 2>/dev/null </dev/null)
    if test (count $lines) -gt 1
        printf '%s\n' $lines[2..-1]
    end
    if string match -q '*files*' -- "$lines[1]"
        if string match -qr '^--[^=]*=' -- "$current"
            set -l before (string match -r '^--[^=]*=' -- "$current")
            for path in (__fish_complete_path (string replace -r '^--[^=]*=' '' -- "$current"))
                printf '%s%s\n' $before $path
            end
        else
            __fish_complete_path "$current"
        end
    end
end
complete -c upsurge -e
complete -c upsurge -f -a '(__upsurge_complete)'
`;

const POWERSHELL = script`# Completion of upsurge for PowerShell. For all sessions, in the file that $PROFILE names:
#   upsurge completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName upsurge -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @(foreach ($element in $commandAst.CommandElements) {
        $extent = $element.Extent
        if ($extent.StartOffset -lt $cursorPosition) {
            $length = [Math]::Min($extent.EndOffset, $cursorPosition) - $extent.StartOffset
            $extent.Text.Substring(0, $length)
        }
    })
    $last = @($commandAst.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursorPosition })[-1]
    if ($last.Extent.EndOffset -lt $cursorPosition) { $words += '' }
    $program = $words[0]
    $lines = @(($words -join [char]10) | & $program __complete powershell 2>$null)
    foreach ($line in ($lines | Select-Object -Skip 1)) {
        if ($line -eq '') { continue }
        $word, $about = $line -split [char]9, 2
        if (-not $about) { $about = $word }
        [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $about)
    }
    if ($lines.Count -gt 0 -and $lines[0] -like '*files*') {
        if ($wordToComplete -match '^(--[^=]*=)(.*)$') {
            $before = $Matches[1]
            foreach ($found in [System.Management.Automation.CompletionCompleters]::CompleteFilename($Matches[2])) {
                [System.Management.Automation.CompletionResult]::new($before + $found.CompletionText, $found.ListItemText, $found.ResultType, $found.ToolTip)
            }
        } else {
            [System.Management.Automation.CompletionCompleters]::CompleteFilename($wordToComplete)
        }
    }
}
`;

/** The script of each shell. */
export const COMPLETION_SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: BASH,
  zsh: ZSH,
  fish: FISH,
  powershell: POWERSHELL,
};
