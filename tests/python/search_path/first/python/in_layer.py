place = "first"
