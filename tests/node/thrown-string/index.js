exports.handler = async () => { throw 'just text'; };
