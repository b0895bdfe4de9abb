# Types the line $1 and a tab into a zsh on a terminal of its own; prints what that zsh said. $2: what it reads first.
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "source ${(q)2}"
zpty -r -m z said '*ready:*'
zpty -w -n z "$1"$'\t'
zpty -r -m z said '*done:*'
print -r -- $said
