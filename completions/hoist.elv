
set edit:completion:arg-completer[hoist] = { |@words|
    var index = (count $words)
    set index = (- $index 1)

    put (env _CLAP_IFS="\n" _CLAP_COMPLETE_INDEX=(to-string $index) HOIST_COMPLETE="elvish" hoist -- $@words) | to-lines
}

