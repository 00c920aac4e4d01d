TABLE = {}["TABLE"]
