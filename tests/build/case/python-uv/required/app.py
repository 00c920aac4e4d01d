ours
