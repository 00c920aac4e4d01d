exports.handler = async () => { throw { code: 7 }; };
