syntax error
