whose = "own"
