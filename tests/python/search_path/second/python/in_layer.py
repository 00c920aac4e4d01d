place = "second"
