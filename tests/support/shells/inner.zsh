# The zsh that completes: says every word that it would offer, and when it has said all.
PROMPT=
autoload -Uz compinit && compinit -u -D
source "$SCRIPT"
compadd() {
  [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]] && { builtin compadd "$@"; return }
  typeset -a hits
  builtin compadd -O hits "$@"
  print -rl -- "hit:"$^hits
  builtin compadd "$@"
}
bindkey '^I' complete-word
compprefuncs=(begin) comppostfuncs=(finish)
begin() { print }
finish() { print -r -- done: }
print ready:
