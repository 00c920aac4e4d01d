exports.handler = async () => { throw null; };
