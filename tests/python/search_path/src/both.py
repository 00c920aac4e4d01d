place = "task"
