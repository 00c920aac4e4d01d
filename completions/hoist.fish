complete --keep-order --exclusive --command hoist --arguments "(HOIST_COMPLETE=fish hoist -- (commandline --current-process --tokenize --cut-at-cursor) (commandline --current-token))"
