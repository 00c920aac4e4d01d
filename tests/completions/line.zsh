# Types a line into an interactive zsh, presses Tab, and prints what the line is then.
# Called as: zsh -f line.zsh FOLDER_WITH_THE_SCRIPT LINE
zmodload zsh/zpty
zpty shell zsh -f -i

# `ask TEXT PATTERN`: sends the text and waits until what comes back matches.
ask() {
    zpty -w shell "$1"
    zpty -r shell REPLY "*$2*"
}

# The words are in two parts, so that the echo of the line is not taken for the answer.
ask "PS1='' PS2=''; unsetopt prompt_cr prompt_sp; print set''up" setup
ask "fpath=(${(q)1} \$fpath); autoload -Uz compinit; compinit -D -u; print comp''init" compinit
ask "show() { print -r -- \"LINE''<\$BUFFER>\" }; zle -N show; bindkey '^X' show; print re''ady" ready
zpty -w -n shell "$2"$'\t'$'\x18'
zpty -r shell REPLY $'*LINE\'\'<*>*'
print -r -- "${${REPLY##*LINE\'\'<}%%>*}"
zpty -d shell
