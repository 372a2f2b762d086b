#!/usr/bin/env bash
# What action.yml runs: installs the package, runs it with the words of ARGS, and hands on its report and exit code.
set -euo pipefail

# xargs splits words and takes quotes away as a shell does, and expands nothing. A report that they name is written from ours.
words=()
named=
before=
while IFS= read -r word; do
  case $before$word in
    --report) ;;
    --report=*) named=${word#--report=} ;;
    "--report "*) named=$word ;;
    *) words+=("$word") ;;
  esac
  [[ $word == --report && -z $before ]] && before="--report " || before=
done < <(xargs -n 1 printf '%s\n' <<<"$ARGS")
packages=()
if [[ -n ${PACKAGES:-} ]]; then
  while IFS= read -r word; do packages+=("$word"); done < <(xargs -n 1 printf '%s\n' <<<"$PACKAGES")
fi

version=${VERSION:-}
if [[ -z $version ]]; then
  version=$(node -p 'require(process.argv[1]).version' "$ACTION_FOLDER/package.json")
fi
folder=$(mktemp -d "$RUNNER_TEMP/upsurge-XXXXXX")
npm install --prefix "$folder" --no-audit --no-fund --loglevel error "upsurge@$version" ${packages[@]+"${packages[@]}"} >&2

if [[ -n ${TO:-} ]]; then export UPSURGE_TO=$TO; fi
unset TO
report=$folder/report.json
# Other commands than those that load have no report.
case ${words[0]:-} in
  plan | inspect | jobs | finish | split | report | completion | help) reporting=() ;;
  *) reporting=(--report "$report") ;;
esac
upsurge=$folder/node_modules/.bin/upsurge
code=0
"$upsurge" ${words[@]+"${words[@]}"} ${reporting[@]+"${reporting[@]}"} || code=$?

status=$([[ $code == 0 ]] && echo ok || echo failed)
if [[ -s $report ]]; then
  status=$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")).status' "$report")
fi
if [[ -n $named && -s $report ]]; then
  case $named in
    *.html) "$upsurge" report "$report" --out "$named" >&2 ;;
    *) cp "$report" "$named" ;;
  esac
fi
{
  echo "status=$status"
  echo "exit=$code"
  echo "report=$report"
} >>"$GITHUB_OUTPUT"
exit "$code"
