put
