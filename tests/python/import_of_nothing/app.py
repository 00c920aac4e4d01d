import left_pad
