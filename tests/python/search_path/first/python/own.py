place = "layer"
